import static com.datastax.oss.driver.api.core.config.DefaultDriverOption.CONNECTION_INIT_QUERY_TIMEOUT;
import static com.datastax.oss.driver.api.core.config.DefaultDriverOption.CONTROL_CONNECTION_TIMEOUT;
import static com.datastax.oss.driver.api.core.config.DefaultDriverOption.METADATA_SCHEMA_WINDOW;
import static com.datastax.oss.driver.api.core.config.DefaultDriverOption.PROTOCOL_COMPRESSION;
import static com.datastax.oss.driver.api.core.config.DefaultDriverOption.PROTOCOL_VERSION;
import static com.datastax.oss.driver.api.core.config.DefaultDriverOption.REQUEST_TIMEOUT;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.CqlSessionBuilder;
import com.datastax.oss.driver.api.core.auth.AuthenticationException;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.config.ProgrammaticDriverConfigLoaderBuilder;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchType;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.QueryTrace;
import com.datastax.oss.driver.api.core.cql.ResultSet;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.data.CqlDuration;
import com.datastax.oss.driver.api.core.data.CqlVector;
import com.datastax.oss.driver.api.core.data.TupleValue;
import com.datastax.oss.driver.api.core.data.UdtValue;
import com.datastax.oss.driver.api.core.metadata.schema.ClusteringOrder;
import com.datastax.oss.driver.api.core.metadata.schema.KeyspaceMetadata;
import com.datastax.oss.driver.api.core.metadata.schema.TableMetadata;
import com.datastax.oss.driver.api.core.servererrors.AlreadyExistsException;
import com.datastax.oss.driver.api.core.servererrors.InvalidQueryException;
import com.datastax.oss.driver.api.core.servererrors.SyntaxError;
import com.datastax.oss.driver.api.core.servererrors.UnavailableException;
import com.datastax.oss.driver.api.core.type.DataTypes;
import com.datastax.oss.driver.api.core.type.TupleType;
import com.datastax.oss.driver.api.core.type.UserDefinedType;
import com.datastax.oss.driver.api.core.uuid.Uuids;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/** What programs on the Java driver do with a CQL server; prints `ok` or `FAILED` and the name for each test. */
public class Clients {
  interface Test {
    void run(CqlSession session) throws Exception;
  }

  static final boolean IS_CASSANDRA = System.getenv("COODIE_DIALECT").equals("cassandra");
  static final Map<String, Test> TESTS = new LinkedHashMap<>();

  static {
    TESTS.put("the newest version is negotiated", Clients::version);
    TESTS.put("simple statements", Clients::simple);
    TESTS.put("prepared statements make, read, update, delete", Clients::prepared);
    TESTS.put("pages", Clients::pages);
    TESTS.put("requests at the same time", Clients::concurrent);
    TESTS.put("batches", Clients::batches);
    TESTS.put("lightweight transactions", Clients::conditions);
    TESTS.put("values of every kind", Clients::values);
    TESTS.put("user types and tuples", Clients::userTypes);
    TESTS.put("counters, TTL and time", Clients::countersAndTime);
    TESTS.put("metadata follow the schema", Clients::metadata);
    TESTS.put("new columns after ALTER", Clients::alter);
    TESTS.put("errors", Clients::errors);
    TESTS.put("tracing", Clients::tracing);
    TESTS.put("warnings", Clients::warnings);
    TESTS.put("compression", Clients::compression);
    TESTS.put("authentication", Clients::authentication);
  }

  public static void main(String[] arguments) throws Exception {
    int failed = 0;
    try (CqlSession session = builder("COODIE_ADDRESS", options().build()).build()) {
      for (Map.Entry<String, Test> test : TESTS.entrySet()) {
        String keyspace = "java_" + test.getKey().replaceAll("[^a-z]+", "_").toLowerCase();
        session.execute("CREATE KEYSPACE " + keyspace
            + " WITH replication = {'class': 'NetworkTopologyStrategy', 'datacenter1': 1}");
        session.execute("USE " + keyspace);
        try {
          test.getValue().run(session);
          System.out.println("ok " + test.getKey());
        } catch (Throwable reason) {
          failed++;
          System.out.println("FAILED " + test.getKey());
          reason.printStackTrace(System.out);
        }
      }
    }
    System.exit(failed == 0 ? 0 : 1);
  }

  static ProgrammaticDriverConfigLoaderBuilder options() {
    Duration patience = Duration.ofSeconds(20);
    return DriverConfigLoader.programmaticBuilder()
        .withDuration(REQUEST_TIMEOUT, patience)
        // It would wait a second after each change of the schema, should there be another.
        .withDuration(METADATA_SCHEMA_WINDOW, Duration.ofMillis(1))
        .withDuration(CONNECTION_INIT_QUERY_TIMEOUT, patience)
        .withDuration(CONTROL_CONNECTION_TIMEOUT, patience);
  }

  static CqlSessionBuilder builder(String variable, DriverConfigLoader options) {
    String[] address = System.getenv(variable).split(":");
    return CqlSession.builder()
        .addContactPoint(new InetSocketAddress(address[0], Integer.parseInt(address[1])))
        .withLocalDatacenter("datacenter1")
        .withConfigLoader(options);
  }

  static void equal(Object expected, Object actual) {
    if (!Objects.equals(expected, actual)) {
      throw new AssertionError("expected " + expected + ", found " + actual);
    }
  }

  static <E extends Throwable> E refused(Class<E> kind, Test test, CqlSession session) throws Exception {
    try {
      test.run(session);
    } catch (Throwable reason) {
      if (kind.isInstance(reason)) {
        return kind.cast(reason);
      }
      throw reason;
    }
    throw new AssertionError("there was no " + kind.getSimpleName());
  }

  static void shop(CqlSession session) {
    session.execute("CREATE TABLE shop (id int PRIMARY KEY, name text, tags set<text>)");
  }

  static void version(CqlSession session) {
    equal(IS_CASSANDRA ? "V5" : "V4", session.getContext().getProtocolVersion().name());
  }

  static void simple(CqlSession session) {
    shop(session);
    session.execute("INSERT INTO shop (id, name) VALUES (?, ?)", 1, "one");
    session.execute(SimpleStatement.newInstance(
        "INSERT INTO shop (id, name) VALUES (:id, :name)", Map.of("id", 2, "name", "two")));
    equal("one", session.execute("SELECT name FROM shop WHERE id = ?", 1).one().getString("name"));
    equal(2L, session.execute("SELECT count(*) FROM shop").one().getLong(0));
  }

  static void prepared(CqlSession session) {
    shop(session);
    PreparedStatement insert = session.prepare("INSERT INTO shop (id, name, tags) VALUES (:id, :name, :tags)");
    equal(List.of(0), insert.getPartitionKeyIndices());
    session.execute(insert.bind(1, "one", Set.of("a", "b")));
    session.execute(insert.boundStatementBuilder().setInt("id", 1).setString("name", "uno").build());
    PreparedStatement select = session.prepare("SELECT * FROM shop WHERE id = ?");
    Row row = session.execute(select.bind(1)).one();
    equal("uno", row.getString("name"));
    equal(Set.of("a", "b"), row.getSet("tags", String.class));
    session.execute(session.prepare("UPDATE shop SET tags = tags + ? WHERE id = ?").bind(Set.of("c"), 1));
    equal(3, session.execute(select.bind(1)).one().getSet("tags", String.class).size());
    session.execute(session.prepare("DELETE FROM shop WHERE id = ?").bind(1));
    equal(null, session.execute(select.bind(1)).one());
  }

  static void numbers(CqlSession session, int count) {
    session.execute("CREATE TABLE numbers (p int, n int, PRIMARY KEY (p, n))");
    PreparedStatement insert = session.prepare("INSERT INTO numbers (p, n) VALUES (1, ?)");
    IntStream.range(0, count).forEach(n -> session.execute(insert.bind(n)));
  }

  static void pages(CqlSession session) throws Exception {
    numbers(session, 25);
    SimpleStatement select = SimpleStatement.newInstance("SELECT n FROM numbers").setPageSize(4);
    List<Integer> found = StreamSupport.stream(session.execute(select).spliterator(), false)
        .map(row -> row.getInt(0)).collect(Collectors.toList());
    equal(IntStream.range(0, 25).boxed().collect(Collectors.toList()), found);
    ResultSet first = session.execute(select.setPageSize(10));
    ByteBuffer state = first.getExecutionInfo().getPagingState();
    equal(10, session.execute(select.setPagingState(state)).one().getInt(0));
    AsyncResultSet page = session.executeAsync(select).toCompletableFuture().get();
    equal(true, page.hasMorePages());
    equal(4, page.fetchNextPage().toCompletableFuture().get().one().getInt(0));
  }

  static void concurrent(CqlSession session) throws Exception {
    session.execute("CREATE TABLE many (k int PRIMARY KEY, v blob)");
    PreparedStatement insert = session.prepare("INSERT INTO many (k, v) VALUES (?, ?)");
    List<CompletionStage<AsyncResultSet>> sent = new ArrayList<>();
    for (int k = 0; k < 1000; k++) {
      sent.add(session.executeAsync(insert.bind(k, ByteBuffer.allocate(1000))));
    }
    for (CompletionStage<AsyncResultSet> each : sent) {
      each.toCompletableFuture().get();
    }
    equal(1000L, session.execute("SELECT count(*) FROM many").one().getLong(0));
    equal(1000, session.execute("SELECT * FROM many").all().size());
  }

  static void batches(CqlSession session) {
    shop(session);
    PreparedStatement insert = session.prepare("INSERT INTO shop (id, name) VALUES (?, ?)");
    session.execute(BatchStatement.newInstance(BatchType.LOGGED, insert.bind(1, "one"), insert.bind(2, "two"),
        SimpleStatement.newInstance("INSERT INTO shop (id) VALUES (3)")));
    equal(3L, session.execute("SELECT count(*) FROM shop").one().getLong(0));
  }

  static void conditions(CqlSession session) {
    shop(session);
    PreparedStatement insert = session.prepare("INSERT INTO shop (id, name) VALUES (?, ?) IF NOT EXISTS");
    equal(true, session.execute(insert.bind(1, "one")).wasApplied());
    ResultSet second = session.execute(insert.bind(1, "other"));
    equal(false, second.wasApplied());
    equal("one", second.one().getString("name"));
    PreparedStatement update = session.prepare("UPDATE shop SET name = ? WHERE id = ? IF name = ?");
    equal(false, session.execute(update.bind("two", 1, "none")).wasApplied());
    equal(true, session.execute(update.bind("two", 1, "one")).wasApplied());
    equal(true, session.execute(
        BatchStatement.newInstance(BatchType.UNLOGGED, update.bind("three", 1, "two"))).wasApplied());
  }

  static void values(CqlSession session) throws Exception {
    UUID time = Uuids.timeBased();
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("ascii", "plain");
    values.put("bigint", Long.MIN_VALUE);
    values.put("blob", ByteBuffer.wrap(new byte[] {0, -1}));
    values.put("boolean", true);
    values.put("date", LocalDate.of(1969, 12, 31));
    values.put("decimal", new BigDecimal("-1.500"));
    values.put("double", 0.1);
    values.put("duration", CqlDuration.newInstance(14, 3, 5_000_000_000L));
    values.put("float", 0.5f);
    values.put("inet", InetAddress.getByName("2001:db8::1"));
    values.put("int", -1);
    values.put("smallint", Short.MIN_VALUE);
    values.put("text", "naïve ☃");
    values.put("time", LocalTime.of(1, 30, 0, 1));
    values.put("timestamp", Instant.ofEpochMilli(1709209815123L));
    values.put("timeuuid", time);
    values.put("tinyint", Byte.MAX_VALUE);
    values.put("uuid", Uuids.random());
    values.put("varint", BigInteger.TEN.pow(30));
    values.put("list<text>", List.of("b", "a", "b"));
    values.put("set<int>", Set.of(3, 1, 2));
    values.put("map<text, frozen<list<int>>>", Map.of("a", List.of(1, 2), "b", List.of(3)));
    values.put("vector<float, 3>", CqlVector.newInstance(0.5f, 1.0f, -2.0f));
    int number = 0;
    for (Map.Entry<String, Object> each : values.entrySet()) {
      String table = "t" + number++;
      session.execute("CREATE TABLE " + table + " (k int PRIMARY KEY, v " + each.getKey() + ")");
      session.execute(session.prepare("INSERT INTO " + table + " (k, v) VALUES (1, ?)").bind(each.getValue()));
      equal(each.getValue(), session.execute("SELECT v FROM " + table).one().getObject("v"));
      session.execute(session.prepare("INSERT INTO " + table + " (k, v) VALUES (1, ?)").bind((Object) null));
      equal(true, session.execute("SELECT v FROM " + table).one().isNull("v"));
    }
  }

  static void userTypes(CqlSession session) {
    session.execute("CREATE TYPE street (name text, number int)");
    session.execute("CREATE TYPE person (home frozen<street>, tags frozen<set<text>>)");
    session.execute("CREATE TABLE people (k int PRIMARY KEY, who person, at frozen<tuple<int, text>>)");
    KeyspaceMetadata keyspace = session.getMetadata().getKeyspace(session.getKeyspace().get()).get();
    UserDefinedType person = keyspace.getUserDefinedType("person").get();
    UserDefinedType street = keyspace.getUserDefinedType("street").get();
    UdtValue high = street.newValue("High", 5);
    TupleType pair = DataTypes.tupleOf(DataTypes.INT, DataTypes.TEXT);
    session.execute(session.prepare("INSERT INTO people (k, who, at) VALUES (1, ?, ?)").bind(
        person.newValue().setUdtValue("home", high).setSet("tags", Set.of("a"), String.class),
        pair.newValue(7, "seven")));
    Row row = session.execute("SELECT who, at FROM people").one();
    equal("High", row.getUdtValue("who").getUdtValue("home").getString("name"));
    equal(Set.of("a"), row.getUdtValue("who").getSet("tags", String.class));
    TupleValue at = row.getTupleValue("at");
    equal("seven", at.getString(1));
  }

  static void countersAndTime(CqlSession session) {
    session.execute("CREATE TABLE hits (page text PRIMARY KEY, n counter)");
    PreparedStatement hit = session.prepare("UPDATE hits SET n = n + ? WHERE page = 'a'");
    session.execute(hit.bind(3L));
    session.execute(BatchStatement.newInstance(BatchType.COUNTER, hit.bind(2L), hit.bind(-1L)));
    equal(4L, session.execute("SELECT n FROM hits").one().getLong(0));
    session.execute("CREATE TABLE brief (k int PRIMARY KEY, v int)");
    session.execute(SimpleStatement.newInstance("INSERT INTO brief (k, v) VALUES (1, 1) USING TTL 3600")
        .setQueryTimestamp(1234));
    Row row = session.execute("SELECT ttl(v), writetime(v) FROM brief").one();
    equal(true, row.getInt(0) > 3500 && row.getInt(0) <= 3600);
    equal(1234L, row.getLong(1));
  }

  static void metadata(CqlSession session) {
    session.execute("CREATE TABLE logs (day date, at timestamp, host text static, line text, PRIMARY KEY (day, at))"
        + " WITH CLUSTERING ORDER BY (at DESC) AND comment = 'what happened'");
    session.execute("CREATE INDEX by_line ON logs (line)");
    String name = session.getKeyspace().get().asInternal();
    TableMetadata logs = session.getMetadata().getKeyspace(name).get().getTable("logs").get();
    equal("day", logs.getPartitionKey().get(0).getName().asInternal());
    equal(List.of(ClusteringOrder.DESC), List.copyOf(logs.getClusteringColumns().values()));
    equal(true, logs.getColumn("host").get().isStatic());
    equal("line", logs.getIndexes().values().iterator().next().getTarget());
    equal(true, logs.describe(true).contains("what happened"));
    equal(true, session.getMetadata().getTokenMap().isPresent());
    session.execute("DROP TABLE logs");
    equal(false, session.getMetadata().getKeyspace(name).get().getTable("logs").isPresent());
    equal(true, session.checkSchemaAgreement());
  }

  static void alter(CqlSession session) {
    shop(session);
    PreparedStatement select = session.prepare("SELECT * FROM shop");
    session.execute("INSERT INTO shop (id, name) VALUES (1, 'one')");
    equal(3, session.execute(select.bind()).getColumnDefinitions().size());
    session.execute("ALTER TABLE shop ADD price int");
    ResultSet found = session.execute(select.bind());
    // In version 4 this driver keeps the columns that it heard of first, whatever the server.
    equal(IS_CASSANDRA ? 4 : 3, found.getColumnDefinitions().size());
    equal("one", found.one().getString("name"));
  }

  static void errors(CqlSession session) throws Exception {
    shop(session);
    refused(SyntaxError.class, it -> it.execute("SELEC"), session);
    refused(InvalidQueryException.class, it -> it.execute("SELECT nothing FROM shop"), session);
    refused(AlreadyExistsException.class, it -> it.execute("CREATE TABLE shop (id int PRIMARY KEY)"), session);
    AllNodesFailedException failed = refused(AllNodesFailedException.class, it -> it.execute(
        SimpleStatement.newInstance("SELECT * FROM shop").setConsistencyLevel(ConsistencyLevel.TWO)), session);
    UnavailableException unavailable = (UnavailableException) failed.getAllErrors().values().iterator().next().get(0);
    equal(2, unavailable.getRequired());
    equal(1, unavailable.getAlive());
  }

  static void tracing(CqlSession session) {
    shop(session);
    QueryTrace trace = session.execute(SimpleStatement.newInstance("SELECT * FROM shop").setTracing(true))
        .getExecutionInfo().getQueryTrace();
    equal("Execute CQL3 query", trace.getRequestType());
    equal("SELECT * FROM shop", trace.getParameters().get("query"));
    equal(false, trace.getEvents().isEmpty());
  }

  static void warnings(CqlSession session) {
    shop(session);
    List<String> told = session.execute("SELECT count(*) FROM shop").getExecutionInfo().getWarnings();
    equal(IS_CASSANDRA ? List.of("Aggregation query used without partition key") : List.of(), told);
  }

  static void compression(CqlSession session) {
    for (String[] each : new String[][] {{"lz4", "V5"}, {"lz4", "V4"}, {"snappy", "V4"}, {"snappy", "V3"}}) {
      if (each[1].equals("V5") && !IS_CASSANDRA) {
        continue;
      }
      DriverConfigLoader options =
          options().withString(PROTOCOL_COMPRESSION, each[0]).withString(PROTOCOL_VERSION, each[1]).build();
      try (CqlSession compressed = builder("COODIE_ADDRESS", options).build()) {
        equal(true, compressed.execute("SELECT * FROM system_schema.columns").all().size() > 100);
      }
    }
  }

  static void authentication(CqlSession session) throws Exception {
    CqlSessionBuilder guarded = builder("COODIE_AUTH_ADDRESS", options().build());
    AllNodesFailedException failed =
        refused(AllNodesFailedException.class, it -> guarded.build().close(), session);
    equal(AuthenticationException.class, failed.getAllErrors().values().iterator().next().get(0).getClass());
    refused(AllNodesFailedException.class,
        it -> guarded.withAuthCredentials("ann", "guess").build().close(), session);
    try (CqlSession known = guarded.withAuthCredentials("ann", "secret").build()) {
      equal("local", known.execute("SELECT key FROM system.local").one().getString(0));
    }
  }
}
