// What programs in Go do with a CQL server, by gocql and, with another import, by its successor.
package clients

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"reflect"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gocql/gocql"
	"gopkg.in/inf.v0"
)

func address(t *testing.T, name string) (string, int) {
	t.Helper()
	host, port, err := net.SplitHostPort(os.Getenv(name))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return host, number
}

func config(t *testing.T) *gocql.ClusterConfig {
	t.Helper()
	host, port := address(t, "COODIE_ADDRESS")
	cluster := gocql.NewCluster(host)
	cluster.Port = port
	cluster.Timeout = 10 * time.Second
	cluster.ConnectTimeout = 10 * time.Second
	return cluster
}

func open(t *testing.T, cluster *gocql.ClusterConfig) *gocql.Session {
	t.Helper()
	session, err := cluster.CreateSession()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(session.Close)
	return session
}

// A session on a keyspace that this test has for itself, named after it.
func connect(t *testing.T) *gocql.Session {
	t.Helper()
	cluster := config(t)
	keyspace := keyspaceOf(t)
	must(t, open(t, cluster).Query("CREATE KEYSPACE "+keyspace+
		" WITH replication = {'class': 'NetworkTopologyStrategy', 'datacenter1': 1}").Exec())
	cluster.Keyspace = keyspace
	return open(t, cluster)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal(t *testing.T, expected, actual any) {
	t.Helper()
	if !reflect.DeepEqual(expected, actual) {
		t.Errorf("expected %#v, found %#v", expected, actual)
	}
}

func keyspaceOf(t *testing.T) string {
	return strings.ToLower(t.Name())
}

func shop(t *testing.T) *gocql.Session {
	t.Helper()
	session := connect(t)
	must(t, session.Query("CREATE TABLE shop (id int PRIMARY KEY, name text, tags set<text>)").Exec())
	return session
}

func TestItChoosesTheVersionThatTheServerSpeaks(t *testing.T) {
	session := open(t, config(t))
	var version string
	must(t, session.Query("SELECT native_protocol_version FROM system.local").Scan(&version))
	equal(t, map[string]string{"cassandra": "5", "scylla": "4"}[os.Getenv("COODIE_DIALECT")], version)
}

func TestEveryVersionIsSpoken(t *testing.T) {
	for _, version := range versions {
		if version == 5 && os.Getenv("COODIE_DIALECT") == "scylla" {
			continue
		}
		cluster := config(t)
		cluster.ProtoVersion = version
		var key string
		must(t, open(t, cluster).Query("SELECT key FROM system.local WHERE key = ?", "local").Scan(&key))
		equal(t, "local", key)
	}
}

func TestPreparedStatementsCreateReadUpdateDelete(t *testing.T) {
	session := shop(t)
	for id := 1; id <= 3; id++ {
		must(t, session.Query("INSERT INTO shop (id, name, tags) VALUES (?, ?, ?)", id, fmt.Sprint(id), []string{"b", "a"}).Exec())
	}
	var name string
	var tags []string
	must(t, session.Query("SELECT name, tags FROM shop WHERE id = ?", 2).Scan(&name, &tags))
	equal(t, "2", name)
	equal(t, []string{"a", "b"}, tags)

	must(t, session.Query("UPDATE shop SET name = ?, tags = tags + ? WHERE id = ?", "two", []string{"c"}, 2).Exec())
	row := map[string]any{}
	must(t, session.Query("SELECT * FROM shop WHERE id = ?", 2).MapScan(row))
	equal(t, map[string]any{"id": 2, "name": "two", "tags": []string{"a", "b", "c"}}, row)

	must(t, session.Query("DELETE FROM shop WHERE id = ?", 2).Exec())
	err := session.Query("SELECT name FROM shop WHERE id = ?", 2).Scan(&name)
	equal(t, true, errors.Is(err, gocql.ErrNotFound))
}

func TestUnsetAndNullValues(t *testing.T) {
	session := shop(t)
	must(t, session.Query("INSERT INTO shop (id, name) VALUES (?, ?)", 1, "kept").Exec())
	must(t, session.Query("INSERT INTO shop (id, name) VALUES (?, ?)", 1, gocql.UnsetValue).Exec())
	var name *string
	must(t, session.Query("SELECT name FROM shop WHERE id = 1").Scan(&name))
	equal(t, "kept", *name)
	must(t, session.Query("INSERT INTO shop (id, name) VALUES (?, ?)", 1, nil).Exec())
	must(t, session.Query("SELECT name FROM shop WHERE id = 1").Scan(&name))
	equal(t, (*string)(nil), name)
}

func TestPagesFollowEachOther(t *testing.T) {
	session := connect(t)
	must(t, session.Query("CREATE TABLE numbers (p int, n int, PRIMARY KEY (p, n))").Exec())
	for n := 0; n < 25; n++ {
		must(t, session.Query("INSERT INTO numbers (p, n) VALUES (1, ?)", n).Exec())
	}
	iter := session.Query("SELECT n FROM numbers WHERE p = ?", 1).PageSize(4).Iter()
	var n int
	found := []int{}
	for iter.Scan(&n) {
		found = append(found, n)
	}
	must(t, iter.Close())
	equal(t, 25, len(found))
	equal(t, true, sort.IntsAreSorted(found))

	first := session.Query("SELECT n FROM numbers WHERE p = ?", 1).PageSize(10).PageState(nil).Iter()
	equal(t, 10, first.NumRows())
	state := first.PageState()
	must(t, first.Close())
	second := session.Query("SELECT n FROM numbers WHERE p = ?", 1).PageSize(10).PageState(state).Iter()
	equal(t, true, second.Scan(&n))
	equal(t, 10, n)
	must(t, second.Close())
}

func TestBatches(t *testing.T) {
	session := shop(t)
	batch := session.NewBatch(gocql.LoggedBatch)
	batch.Query("INSERT INTO shop (id, name) VALUES (?, ?)", 1, "one")
	batch.Query("INSERT INTO shop (id, name) VALUES (2, 'two')")
	batch.Query("UPDATE shop SET name = ? WHERE id = ?", "three", 3)
	must(t, session.ExecuteBatch(batch))
	var count int
	must(t, session.Query("SELECT count(*) FROM shop").Scan(&count))
	equal(t, 3, count)
}

func TestLightweightTransactions(t *testing.T) {
	session := shop(t)
	before := map[string]any{}
	applied, err := session.Query("INSERT INTO shop (id, name) VALUES (?, ?) IF NOT EXISTS", 1, "one").MapScanCAS(before)
	must(t, err)
	equal(t, true, applied)

	before = map[string]any{}
	applied, err = session.Query("INSERT INTO shop (id, name) VALUES (?, ?) IF NOT EXISTS", 1, "other").MapScanCAS(before)
	must(t, err)
	equal(t, false, applied)
	equal(t, "one", before["name"])
	equal(t, 1, before["id"])

	var name string
	applied, err = session.Query("UPDATE shop SET name = ? WHERE id = ? IF name = ?", "two", 1, "none").ScanCAS(&name)
	must(t, err)
	equal(t, false, applied)
	equal(t, "one", name)

	batch := session.NewBatch(gocql.UnloggedBatch)
	batch.Query("UPDATE shop SET name = ? WHERE id = ? IF name = ?", "two", 1, "one")
	before = map[string]any{}
	applied, iter, err := session.MapExecuteBatchCAS(batch, before)
	must(t, err)
	must(t, iter.Close())
	equal(t, true, applied)
}

type street struct {
	Name   string `cql:"name"`
	Number int    `cql:"number"`
}

func TestValuesOfEveryKindComeBack(t *testing.T) {
	session := connect(t)
	must(t, session.Query("CREATE TYPE street (name text, number int)").Exec())
	must(t, session.Query(`CREATE TABLE everything (k int PRIMARY KEY, a ascii, b bigint, bl blob, bo boolean, d date,
		de decimal, dou double, du duration, f float, i inet, s smallint, t text, ti time, ts timestamp, tu timeuuid,
		ty tinyint, u uuid, v varint, l list<int>, se set<text>, m map<text, frozen<list<int>>>, tup tuple<int, text>,
		st frozen<street>, sts list<frozen<street>>)`).Exec())
	moment := time.UnixMilli(1709209815123).UTC()
	day := time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)
	ids := []gocql.UUID{gocql.TimeUUID(), gocql.MustRandomUUID()}
	high := street{"High", 5}
	columns := []string{"a", "b", "bl", "bo", "d", "de", "dou", "du", "f", "i", "s", "t", "ti", "ts", "tu", "ty", "u", "v", "l", "se", "m", "st", "sts"}
	values := []any{"plain", int64(-1 << 63), []byte{0, 255}, true, day, inf.NewDec(-1500, 3), 0.1,
		gocql.Duration{Months: 14, Days: 3, Nanoseconds: 5}, float32(0.5), net.ParseIP("2001:db8::1"), int16(-1 << 15),
		"naïve ☃", 90 * time.Minute, moment, ids[0], int8(127), ids[1], new(big.Int).Exp(big.NewInt(10), big.NewInt(30), nil),
		[]int{2, 1, 2}, []string{"x", "y"}, map[string][]int{"a": {1, 2}, "b": {3}}, high, []street{high, {"Low", 1}}}
	for at, column := range columns {
		must(t, session.Query("INSERT INTO everything (k, "+column+") VALUES (1, ?)", values[at]).Exec())
		found := reflect.New(reflect.TypeOf(values[at]))
		must(t, session.Query("SELECT "+column+" FROM everything WHERE k = 1").Scan(found.Interface()))
		equal(t, fmt.Sprint(values[at]), fmt.Sprint(found.Elem().Interface()))
	}

	must(t, session.Query("INSERT INTO everything (k, tup) VALUES (1, (?, ?))", 7, "seven").Exec())
	var number int
	var word string
	must(t, session.Query("SELECT tup FROM everything WHERE k = 1").Scan(&number, &word))
	equal(t, 7, number)
	equal(t, "seven", word)
}

func TestCountersAndTTL(t *testing.T) {
	session := connect(t)
	must(t, session.Query("CREATE TABLE hits (page text PRIMARY KEY, n counter)").Exec())
	batch := session.NewBatch(gocql.CounterBatch)
	batch.Query("UPDATE hits SET n = n + ? WHERE page = ?", int64(3), "a")
	batch.Query("UPDATE hits SET n = n - ? WHERE page = ?", int64(1), "a")
	must(t, session.ExecuteBatch(batch))
	var n int64
	must(t, session.Query("SELECT n FROM hits WHERE page = 'a'").Scan(&n))
	equal(t, int64(2), n)

	must(t, session.Query("CREATE TABLE brief (k int PRIMARY KEY, v int)").Exec())
	must(t, session.Query("INSERT INTO brief (k, v) VALUES (1, 1) USING TTL ? AND TIMESTAMP ?", 3600, int64(1)).Exec())
	var ttl int
	var written int64
	must(t, session.Query("SELECT ttl(v), writetime(v) FROM brief").Scan(&ttl, &written))
	equal(t, true, 3590 < ttl && ttl <= 3600)
	equal(t, int64(1), written)
}

func TestMetadataOfTheSchema(t *testing.T) {
	session := shop(t)
	must(t, session.Query("CREATE TYPE street (name text, number int)").Exec())
	must(t, session.Query("CREATE TABLE logs (day date, at timestamp, host frozen<street>, line text static, PRIMARY KEY (day, at)) WITH CLUSTERING ORDER BY (at DESC)").Exec())

	// A session of its own, since the newer driver refreshes its cache only a second after an event.
	keyspace, err := open(t, config(t)).KeyspaceMetadata(keyspaceOf(t))
	must(t, err)
	equal(t, "org.apache.cassandra.locator.NetworkTopologyStrategy", keyspace.StrategyClass)
	logs := keyspace.Tables["logs"]
	if logs == nil {
		t.Fatal("no metadata of the table")
	}
	equal(t, "day", logs.PartitionKey[0].Name)
	equal(t, "at", logs.ClusteringColumns[0].Name)
	equal(t, gocql.DESC, logs.ClusteringColumns[0].Order)
	equal(t, gocql.ColumnStatic, logs.Columns["line"].Kind)
	if types := keyspace.UserTypes; types["street"] == nil || !reflect.DeepEqual([]string{"name", "number"}, types["street"].FieldNames) {
		t.Errorf("user types: %v", types)
	}
}

func TestAStatementKnowsNewColumnsAfterAlter(t *testing.T) {
	session := shop(t)
	must(t, session.Query("INSERT INTO shop (id, name) VALUES (?, ?)", 1, "one").Exec())
	for _, column := range []string{"price", "weight"} {
		must(t, session.Query("SELECT * FROM shop WHERE id = ?", 1).MapScan(map[string]any{}))
		must(t, session.Query("ALTER TABLE shop ADD "+column+" int").Exec())
		row := map[string]any{}
		must(t, session.Query("SELECT * FROM shop WHERE id = ?", 1).MapScan(row))
		if _, found := row[column]; !found {
			t.Errorf("%s is missing in %v", column, row)
		}
		equal(t, "one", row["name"])
	}
}

func TestErrorsAreWhatTheyAre(t *testing.T) {
	session := shop(t)
	err := session.Query("SELECT nothing FROM shop").Exec()
	var refused gocql.RequestError
	equal(t, true, errors.As(err, &refused))
	equal(t, 0x2200, refused.Code())

	err = session.Query("CREATE TABLE shop (id int PRIMARY KEY)").Exec()
	var exists *gocql.RequestErrAlreadyExists
	equal(t, true, errors.As(err, &exists))
	equal(t, "shop", exists.Table)

	err = session.Query("SELECT * FROM shop").Consistency(gocql.Three).Exec()
	var unavailable *gocql.RequestErrUnavailable
	equal(t, true, errors.As(err, &unavailable))
	equal(t, 3, unavailable.Required)
	equal(t, 1, unavailable.Alive)
}

func TestManyGoroutinesShareASession(t *testing.T) {
	session := shop(t)
	var group sync.WaitGroup
	failed := make(chan error, 2000)
	for worker := 0; worker < 20; worker++ {
		group.Add(1)
		worker := worker
		go func() {
			defer group.Done()
			for n := 0; n < 100; n++ {
				if err := session.Query("INSERT INTO shop (id, name) VALUES (?, ?)", worker*100+n, "x").Exec(); err != nil {
					failed <- err
				}
			}
		}()
	}
	group.Wait()
	close(failed)
	must(t, <-failed)
	var count int
	must(t, session.Query("SELECT count(*) FROM shop").Scan(&count))
	equal(t, 2000, count)
}

func TestAnswersMayBeCompressed(t *testing.T) {
	for version, compressor := range compressors {
		if version == 5 && os.Getenv("COODIE_DIALECT") == "scylla" {
			continue
		}
		cluster := config(t)
		cluster.Compressor = compressor
		cluster.ProtoVersion = version
		iter := open(t, cluster).Query("SELECT * FROM system_schema.columns").Iter()
		equal(t, true, iter.NumRows() > 100)
		must(t, iter.Close())
	}
}

func TestRequestsAreTraced(t *testing.T) {
	session := shop(t)
	var written bytes.Buffer
	must(t, session.Query("SELECT * FROM shop").Trace(gocql.NewTraceWriter(session, &written)).Exec())
	if !strings.Contains(written.String(), "Tracing session") {
		t.Errorf("no trace: %s", written.String())
	}
}

func TestWarningsComeWithTheAnswer(t *testing.T) {
	session := shop(t)
	iter := session.Query("SELECT count(*) FROM shop").Iter()
	warned := iter.Warnings()
	must(t, iter.Close())
	equal(t, os.Getenv("COODIE_DIALECT") == "cassandra", len(warned) == 1)
}

func TestAPasswordIsAskedFor(t *testing.T) {
	cluster := config(t)
	host, port := address(t, "COODIE_AUTH_ADDRESS")
	cluster.Hosts, cluster.Port = []string{host}, port
	if session, err := cluster.CreateSession(); err == nil {
		session.Close()
		t.Error("nobody was asked")
	}
	cluster.Authenticator = gocql.PasswordAuthenticator{Username: "ann", Password: "guess"}
	if session, err := cluster.CreateSession(); err == nil {
		session.Close()
		t.Error("a guess was enough")
	}
	cluster.Authenticator = gocql.PasswordAuthenticator{Username: "ann", Password: "secret"}
	var key string
	must(t, open(t, cluster).Query("SELECT key FROM system.local").WithContext(context.Background()).Scan(&key))
}
