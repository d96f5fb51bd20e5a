//! What programs in Rust do with a CQL server, by ScyllaDB's driver.

use std::collections::HashMap;
use std::env;

use futures::{future, StreamExt, TryStreamExt};
use scylla::client::session::Session;
use scylla::client::session_builder::SessionBuilder;
use scylla::client::Compression;
use scylla::errors::{DbError, ExecutionError, RequestAttemptError};
use scylla::response::PagingState;
use scylla::statement::batch::{Batch, BatchType};
use scylla::statement::unprepared::Statement;
use scylla::statement::Consistency;
use scylla::value::{Counter, CqlDate, CqlDecimal, CqlDuration, CqlTime, CqlTimestamp, CqlValue, CqlVarint};
use scylla::{DeserializeRow, DeserializeValue, SerializeRow, SerializeValue};

fn builder(name: &str) -> SessionBuilder {
    SessionBuilder::new().known_node(env::var(name).expect(name))
}

/// A session on a keyspace that a test has for itself.
async fn connect(keyspace: &str) -> Session {
    let session = builder("COODIE_ADDRESS").build().await.unwrap();
    ddl(
        &session,
        &format!("CREATE KEYSPACE {keyspace} WITH replication = {{'class': 'NetworkTopologyStrategy', 'datacenter1': 1}}"),
    )
    .await;
    session.use_keyspace(keyspace, false).await.unwrap();
    session
}

async fn ddl(session: &Session, text: &str) {
    session.query_unpaged(text, ()).await.unwrap();
}

async fn shop(keyspace: &str) -> Session {
    let session = connect(keyspace).await;
    ddl(&session, "CREATE TABLE shop (p int, c int, name text, PRIMARY KEY (p, c))").await;
    session
}

fn refusal<T>(result: Result<T, ExecutionError>) -> (DbError, String) {
    match result {
        Err(ExecutionError::LastAttemptError(RequestAttemptError::DbError(error, message))) => (error, message),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was not refused"),
    }
}

#[derive(Debug, PartialEq, SerializeRow, DeserializeRow)]
struct Item {
    p: i32,
    c: i32,
    name: Option<String>,
}

#[tokio::test]
async fn prepared_statements_create_read_update_delete() {
    let session = shop("crud").await;
    let insert = session.prepare("INSERT INTO shop (p, c, name) VALUES (?, ?, ?)").await.unwrap();
    for c in 0..3 {
        let item = Item { p: 1, c, name: Some(format!("n{c}")) };
        session.execute_unpaged(&insert, item).await.unwrap();
    }
    session.query_unpaged("UPDATE shop SET name = null WHERE p = 1 AND c = ?", (1,)).await.unwrap();
    session.query_unpaged("DELETE FROM shop WHERE p = 1 AND c = 2", ()).await.unwrap();

    let select = session.prepare("SELECT name, c, p FROM shop WHERE p = :p").await.unwrap();
    let found = session.execute_unpaged(&select, HashMap::from([("p", 1)])).await.unwrap();
    let rows = found.into_rows_result().unwrap();
    let items: Vec<Item> = rows.rows().unwrap().map(Result::unwrap).collect();

    assert_eq!(
        items,
        [Item { p: 1, c: 0, name: Some("n0".into()) }, Item { p: 1, c: 1, name: None }]
    );
}

#[tokio::test]
async fn statements_are_routed_by_their_partition_keys() {
    let session = shop("routing").await;
    let insert = session.prepare("INSERT INTO shop (c, name, p) VALUES (?, ?, ?)").await.unwrap();

    let token = insert.calculate_token(&(1, "a", 7)).unwrap().unwrap();

    let (asked,): (i64,) = {
        session.execute_unpaged(&insert, (1, "a", 7)).await.unwrap();
        let found = session.query_unpaged("SELECT token(p) FROM shop", ()).await.unwrap();
        found.into_rows_result().unwrap().single_row().unwrap()
    };
    assert_eq!(token.value(), asked);
}

#[tokio::test]
async fn values_of_every_type_come_back() {
    let session = connect("typed").await;
    let text = |value: &str| CqlValue::Text(value.into());
    let values = [
        ("ascii", CqlValue::Ascii("plain".into())),
        ("bigint", CqlValue::BigInt(i64::MIN)),
        ("blob", CqlValue::Blob(vec![0, 255])),
        ("boolean", CqlValue::Boolean(true)),
        ("date", CqlValue::Date(CqlDate((1 << 31) - 1))),
        ("decimal", CqlValue::Decimal(CqlDecimal::from_signed_be_bytes_slice_and_exponent(&[250, 36], 3))),
        ("double", CqlValue::Double(0.1)),
        ("duration", CqlValue::Duration(CqlDuration { months: 14, days: 3, nanoseconds: 5_000_000_000 })),
        ("float", CqlValue::Float(0.5)),
        ("inet", CqlValue::Inet("2001:db8::1".parse().unwrap())),
        ("int", CqlValue::Int(-1)),
        ("smallint", CqlValue::SmallInt(i16::MIN)),
        ("text", text("naïve ☃")),
        ("time", CqlValue::Time(CqlTime(86_399_999_999_999))),
        ("timestamp", CqlValue::Timestamp(CqlTimestamp(-1))),
        ("timeuuid", CqlValue::Timeuuid("f4b2c6a0-6f4b-11ee-b962-0242ac120002".parse().unwrap())),
        ("tinyint", CqlValue::TinyInt(127)),
        ("uuid", CqlValue::Uuid("2b3c1b0e-4a52-4f5e-9d55-0d8f3f1a9b11".parse().unwrap())),
        ("varint", CqlValue::Varint(CqlVarint::from_signed_bytes_be(vec![1, 0, 0, 0, 0, 0, 0, 0, 0, 0]))),
        ("list<text>", CqlValue::List(vec![text("b"), text("a"), text("b")])),
        ("set<int>", CqlValue::Set(vec![CqlValue::Int(-1), CqlValue::Int(3)])),
        ("map<text, frozen<list<int>>>", CqlValue::Map(vec![(text("a"), CqlValue::List(vec![CqlValue::Int(1)]))])),
        ("tuple<int, text>", CqlValue::Tuple(vec![Some(CqlValue::Int(1)), None])),
        ("vector<float, 2>", CqlValue::Vector(vec![CqlValue::Float(0.5), CqlValue::Float(-2.0)])),
        ("vector<text, 2>", CqlValue::Vector(vec![text("a"), text("bc")])),
    ];
    for (at, (name, value)) in values.into_iter().enumerate() {
        ddl(&session, &format!("CREATE TABLE t{at} (k int PRIMARY KEY, v {name})")).await;
        let insert = session.prepare(format!("INSERT INTO t{at} (k, v) VALUES (1, ?)")).await.unwrap();
        session.execute_unpaged(&insert, (&value,)).await.unwrap();

        let found = session.query_unpaged(format!("SELECT v FROM t{at}"), ()).await.unwrap();
        let (back,): (CqlValue,) = found.into_rows_result().unwrap().single_row().unwrap();

        assert_eq!(back, value, "{name}");
    }
}

#[derive(Debug, Clone, PartialEq, SerializeValue, DeserializeValue)]
struct Street {
    name: String,
    number: Option<i32>,
}

#[tokio::test]
async fn user_types_are_structs() {
    let session = connect("people").await;
    ddl(&session, "CREATE TYPE street (name text, number int)").await;
    ddl(&session, "CREATE TABLE people (k int PRIMARY KEY, home frozen<street>, others list<frozen<street>>)").await;
    let home = Street { name: "Main".into(), number: None };
    let others = vec![Street { name: "Side".into(), number: Some(7) }];
    let insert = session.prepare("INSERT INTO people (k, home, others) VALUES (1, ?, ?)").await.unwrap();
    session.execute_unpaged(&insert, (&home, &others)).await.unwrap();

    let found = session.query_unpaged("SELECT home, others FROM people", ()).await.unwrap();

    assert_eq!((home, others), found.into_rows_result().unwrap().single_row().unwrap());
}

#[tokio::test]
async fn pages_are_fetched_as_they_are_read() {
    let session = shop("pages").await;
    let insert = session.prepare("INSERT INTO shop (p, c) VALUES (1, ?)").await.unwrap();
    let session = &session;
    let insert = &insert;
    future::try_join_all((0..100).map(|c| async move { session.execute_unpaged(insert, (c,)).await }))
        .await
        .unwrap();

    let mut select = Statement::new("SELECT c FROM shop WHERE p = 1");
    select.set_page_size(7);
    let rows = session.query_iter(select.clone(), ()).await.unwrap().rows_stream::<(i32,)>().unwrap();
    let all: Vec<i32> = rows.map_ok(|(c,)| c).try_collect().await.unwrap();
    assert_eq!(all, (0..100).collect::<Vec<_>>());

    let (page, next) = session.query_single_page(select.clone(), (), PagingState::start()).await.unwrap();
    assert_eq!(page.into_rows_result().unwrap().rows_num(), 7);
    let state = next.into_paging_control_flow();
    let std::ops::ControlFlow::Continue(state) = state else { panic!("no more pages") };
    let (page, _) = session.query_single_page(select, (), state).await.unwrap();
    let (first,): (i32,) = page.into_rows_result().unwrap().first_row().unwrap();
    assert_eq!(first, 7);
}

#[tokio::test]
async fn many_requests_are_on_their_way_at_once() {
    let session = shop("many").await;
    let insert = session.prepare("INSERT INTO shop (p, c) VALUES (?, ?)").await.unwrap();

    let done = futures::stream::iter(0..2000)
        .map(|n| session.execute_unpaged(&insert, (n % 10, n)))
        .buffer_unordered(200)
        .try_fold(0, |sum, _| async move { Ok(sum + 1) })
        .await
        .unwrap();

    assert_eq!(done, 2000);
    let found = session.query_unpaged("SELECT count(*) FROM shop", ()).await.unwrap();
    assert_eq!((2000_i64,), found.into_rows_result().unwrap().single_row().unwrap());
}

#[tokio::test]
async fn batches_of_each_kind() {
    let session = shop("batches").await;
    ddl(&session, "CREATE TABLE hits (k int PRIMARY KEY, n counter)").await;
    let insert = session.prepare("INSERT INTO shop (p, c, name) VALUES (?, ?, ?)").await.unwrap();
    for kind in [BatchType::Logged, BatchType::Unlogged] {
        let mut batch = Batch::new(kind);
        batch.append_statement(insert.clone());
        batch.append_statement("INSERT INTO shop (p, c) VALUES (2, ?)");
        batch.append_statement("DELETE FROM shop WHERE p = 3");
        session.batch(&batch, ((1, 1, "a"), (2,), ())).await.unwrap();
    }
    let mut counters = Batch::new(BatchType::Counter);
    counters.append_statement("UPDATE hits SET n = n + ? WHERE k = 1");
    counters.append_statement("UPDATE hits SET n = n - 1 WHERE k = 1");
    session.batch(&counters, ((Counter(5),), ())).await.unwrap();

    let found = session.query_unpaged("SELECT n FROM hits", ()).await.unwrap();
    assert_eq!((Counter(4),), found.into_rows_result().unwrap().single_row().unwrap());
    let found = session.query_unpaged("SELECT count(*) FROM shop", ()).await.unwrap();
    assert_eq!((2_i64,), found.into_rows_result().unwrap().single_row().unwrap());
}

#[tokio::test]
async fn conditions_tell_whether_they_were_met() {
    let session = shop("conditions").await;
    let mut insert = session.prepare("INSERT INTO shop (p, c, name) VALUES (1, 1, ?) IF NOT EXISTS").await.unwrap();
    insert.set_consistency(Consistency::Quorum);
    for (name, applied) in [("a", true), ("b", false)] {
        let found = session.execute_unpaged(&insert, (name,)).await.unwrap().into_rows_result().unwrap();
        let row: scylla::value::Row = found.single_row().unwrap();
        assert_eq!(row.columns[0], Some(CqlValue::Boolean(applied)));
    }
}

#[tokio::test]
async fn a_prepared_statement_outlives_changes_of_its_table() {
    let session = shop("altered").await;
    let select = session.prepare("SELECT * FROM shop").await.unwrap();
    session.query_unpaged("INSERT INTO shop (p, c) VALUES (1, 1)", ()).await.unwrap();
    ddl(&session, "ALTER TABLE shop ADD price int").await;
    session.query_unpaged("UPDATE shop SET price = 3 WHERE p = 1 AND c = 1", ()).await.unwrap();
    session.execute_unpaged(&select, ()).await.unwrap();

    let again = session.prepare("SELECT * FROM shop").await.unwrap();
    let found = session.execute_unpaged(&again, ()).await.unwrap().into_rows_result().unwrap();

    let names: Vec<_> = found.column_specs().iter().map(|spec| spec.name().to_string()).collect();
    assert_eq!(names, ["p", "c", "name", "price"]);
}

#[tokio::test]
async fn refusals_have_their_fields() {
    let session = shop("refusals").await;
    let (error, _) = refusal(session.query_unpaged("CREATE TABLE shop (k int PRIMARY KEY)", ()).await);
    assert_eq!(error, DbError::AlreadyExists { keyspace: "refusals".into(), table: "shop".into() });
    let (error, message) = refusal(session.query_unpaged("SELECT nothing FROM shop", ()).await);
    assert_eq!(error, DbError::Invalid);
    assert!(message.contains("nothing"), "{message}");
    let (error, _) = refusal(session.query_unpaged("SELEKT", ()).await);
    assert_eq!(error, DbError::SyntaxError);
    let mut demanding = Statement::new("SELECT * FROM shop");
    demanding.set_consistency(Consistency::Three);
    let (error, _) = refusal(session.query_unpaged(demanding, ()).await);
    assert_eq!(error, DbError::Unavailable { consistency: Consistency::Three, required: 3, alive: 1 });
}

#[tokio::test]
async fn both_ways_are_compressed() {
    for (name, compression) in [("lz4", Compression::Lz4), ("snappy", Compression::Snappy)] {
        let session = builder("COODIE_ADDRESS").compression(Some(compression)).build().await.unwrap();
        let found = session
            .query_unpaged("SELECT key FROM system.local WHERE key = ?", ("local",))
            .await
            .unwrap();
        assert_eq!(("local".to_string(),), found.into_rows_result().unwrap().single_row().unwrap(), "{name}");
    }
}

#[tokio::test]
async fn a_password_is_asked_for() {
    assert!(builder("COODIE_AUTH_ADDRESS").build().await.is_err());
    assert!(builder("COODIE_AUTH_ADDRESS").user("ann", "guess").build().await.is_err());

    let session = builder("COODIE_AUTH_ADDRESS").user("ann", "secret").build().await.unwrap();

    session.query_unpaged("SELECT key FROM system.local", ()).await.unwrap();
}

#[tokio::test]
async fn what_was_traced_can_be_read() {
    let session = shop("traced").await;
    let mut insert = session.prepare("INSERT INTO shop (p, c) VALUES (?, 1)").await.unwrap();
    insert.set_tracing(true);
    let traced = session.execute_unpaged(&insert, (1,)).await.unwrap();

    let trace = session.get_tracing_info(&traced.tracing_id().unwrap()).await.unwrap();

    assert_eq!(trace.nodes().len(), 1);
    assert!(!trace.events.is_empty());
}

#[tokio::test]
async fn metadata_follow_the_schema() {
    let session = shop("known").await;
    ddl(&session, "CREATE TYPE street (name text, number int)").await;
    ddl(&session, "ALTER TABLE shop ADD homes map<text, frozen<street>>").await;
    session.refresh_metadata().await.unwrap();

    let state = session.get_cluster_state();

    let keyspace = state.get_keyspace("known").unwrap();
    assert!(keyspace.user_defined_types.contains_key("street"));
    let table = &keyspace.tables["shop"];
    assert_eq!(table.partition_key, ["p"]);
    assert_eq!(table.clustering_key, ["c"]);
    assert_eq!(table.columns.len(), 4);
    assert_eq!(state.get_nodes_info().len(), 1);
}
