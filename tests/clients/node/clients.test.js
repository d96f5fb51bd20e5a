'use strict';
// What programs in Node do with a CQL server. Each test has a keyspace of its own.

const assert = require('node:assert/strict');
const { after, describe, it } = require('node:test');
const { Client, auth, concurrent, errors, mapping, types } = require('cassandra-driver');

const isCassandra = process.env.COODIE_DIALECT === 'cassandra';
const opened = [];
let keyspaces = 0;

function client(variable, options = {}) {
  const [host, port] = process.env[variable].split(':');
  const made = new Client({
    contactPoints: [host],
    localDataCenter: 'datacenter1',
    protocolOptions: { port: Number(port) },
    socketOptions: { readTimeout: 20000 },
    ...options,
  });
  opened.push(made);
  return made;
}

async function connected() {
  const keyspace = `node_${process.pid}_${keyspaces++}`;
  const admin = client('COODIE_ADDRESS');
  await admin.execute(
    `CREATE KEYSPACE ${keyspace} WITH replication = {'class': 'NetworkTopologyStrategy', 'datacenter1': 1}`);
  const made = client('COODIE_ADDRESS', { keyspace });
  await made.connect();
  return made;
}

async function shop() {
  const db = await connected();
  await db.execute('CREATE TABLE shop (id int PRIMARY KEY, name text, tags set<text>)');
  return db;
}

const prepare = true;

after(() => Promise.all(opened.map(each => each.shutdown())));

describe('cassandra-driver for Node', () => {
  it('negotiates a version', async () => {
    const db = client('COODIE_ADDRESS');
    await db.connect();
    assert.equal(db.controlConnection.protocolVersion, 4);  // the newest that it knows
    assert.equal(db.hosts.length, 1);
    assert.equal(db.hosts.values()[0].cassandraVersion, isCassandra ? '5.0.6' : '3.0.8');
  });

  it('creates, reads, updates and deletes by prepared statements', async () => {
    const db = await shop();
    await db.execute('INSERT INTO shop (id, name, tags) VALUES (?, ?, ?)', [1, 'one', ['b', 'a']], { prepare });
    await db.execute('UPDATE shop SET name = :name WHERE id = :id', { id: 1, name: 'uno' }, { prepare });
    const row = (await db.execute('SELECT * FROM shop WHERE id = ?', [1], { prepare })).first();
    assert.equal(row.name, 'uno');
    assert.deepEqual(row.tags, ['a', 'b']);
    await db.execute('INSERT INTO shop (id, name) VALUES (?, ?)', [1, types.unset], { prepare });
    assert.equal((await db.execute('SELECT name FROM shop')).first().name, 'uno');
    await db.execute('DELETE FROM shop WHERE id = ?', [1], { prepare });
    assert.equal((await db.execute('SELECT * FROM shop')).rowLength, 0);
  });

  it('follows pages', async () => {
    const db = await connected();
    await db.execute('CREATE TABLE numbers (p int, n int, PRIMARY KEY (p, n))');
    await concurrent.executeConcurrent(db, 'INSERT INTO numbers (p, n) VALUES (1, ?)',
      Array.from({ length: 25 }, (_, n) => [n]));
    const all = [];
    for await (const row of await db.execute('SELECT n FROM numbers', [], { prepare, fetchSize: 4 })) {
      all.push(row.n);
    }
    assert.deepEqual(all, Array.from({ length: 25 }, (_, n) => n));
    const first = await db.execute('SELECT n FROM numbers', [], { prepare, fetchSize: 10 });
    const second = await db.execute('SELECT n FROM numbers', [], { prepare, fetchSize: 10, pageState: first.pageState });
    assert.equal(second.first().n, 10);
    const streamed = [];
    for await (const row of db.stream('SELECT n FROM numbers', [], { prepare, autoPage: true, fetchSize: 7 })) {
      streamed.push(row.n);
    }
    assert.equal(streamed.length, 25);
  });

  it('batches', async () => {
    const db = await shop();
    await db.batch([
      { query: 'INSERT INTO shop (id, name) VALUES (?, ?)', params: [1, 'one'] },
      { query: 'UPDATE shop SET name = ? WHERE id = ?', params: ['two', 2] },
    ], { prepare, logged: true });
    assert.equal((await db.execute('SELECT count(*) FROM shop')).first().get(0).toNumber(), 2);
  });

  it('tells whether a condition was met', async () => {
    const db = await shop();
    const insert = 'INSERT INTO shop (id, name) VALUES (?, ?) IF NOT EXISTS';
    assert.equal((await db.execute(insert, [1, 'one'], { prepare })).wasApplied(), true);
    const second = await db.execute(insert, [1, 'other'], { prepare });
    assert.equal(second.wasApplied(), false);
    assert.equal(second.first().name, 'one');
  });

  it('has values of every kind', async () => {
    const db = await connected();
    await db.execute('CREATE TYPE street (name text, number int)');
    const values = {
      ascii: 'plain',
      bigint: types.Long.MIN_VALUE,
      blob: Buffer.from([0, 255]),
      boolean: true,
      date: types.LocalDate.fromString('1969-12-31'),
      decimal: types.BigDecimal.fromString('-1.500'),
      double: 0.1,
      duration: types.Duration.fromString('1y2mo3d5s'),
      float: 0.5,
      inet: types.InetAddress.fromString('2001:db8::1'),
      smallint: -(2 ** 15),
      text: 'naïve ☃',
      time: types.LocalTime.fromString('01:30:00.000000001'),
      timestamp: new Date(1709209815123),
      timeuuid: types.TimeUuid.now(),
      tinyint: 127,
      uuid: types.Uuid.random(),
      varint: types.Integer.fromString('1000000000000000000000000000000'),
      'list<text>': ['b', 'a', 'b'],
      'set<int>': [1, 2, 3],
      'map<text, frozen<list<int>>>': { a: [1, 2], b: [3] },
      'tuple<int, text>': new types.Tuple(7, 'seven'),
      'vector<float, 3>': new types.Vector([0.5, 1, -2], 'float'),
      'frozen<street>': { name: 'High', number: 5 },
      'list<frozen<street>>': [{ name: 'High', number: 5 }, { name: 'Low', number: null }],
    };
    let number = 0;
    for (const [type, value] of Object.entries(values)) {
      const table = `t${number++}`;
      await db.execute(`CREATE TABLE ${table} (k int PRIMARY KEY, v ${type})`);
      await db.execute(`INSERT INTO ${table} (k, v) VALUES (1, ?)`, [value], { prepare });
      const found = (await db.execute(`SELECT v FROM ${table}`)).first().v;
      assert.equal(JSON.stringify(found), JSON.stringify(value), type);
    }
  });

  it('counts, and lets values expire', async () => {
    const db = await connected();
    await db.execute('CREATE TABLE hits (page text PRIMARY KEY, n counter)');
    const hit = { query: "UPDATE hits SET n = n + ? WHERE page = 'a'", params: [types.Long.fromNumber(2)] };
    await db.batch([hit, hit], { prepare, counter: true });
    assert.equal((await db.execute('SELECT n FROM hits')).first().n.toNumber(), 4);
    await db.execute('CREATE TABLE brief (k int PRIMARY KEY, v int)');
    await db.execute('INSERT INTO brief (k, v) VALUES (1, 1) USING TTL ?', [3600], { prepare });
    const ttl = (await db.execute('SELECT ttl(v) AS ttl FROM brief')).first().ttl;
    assert.ok(ttl > 3500 && ttl <= 3600);
  });

  it('has metadata that follow the schema', async () => {
    const db = await shop();
    await db.execute('CREATE TYPE street (name text, number int)');
    await db.execute('CREATE INDEX by_name ON shop (name)');
    const table = await db.metadata.getTable(db.keyspace, 'shop');
    assert.deepEqual(table.partitionKeys.map(each => each.name), ['id']);
    assert.deepEqual(table.indexes.map(each => each.name), ['by_name']);
    const street = await db.metadata.getUdt(db.keyspace, 'street');
    assert.deepEqual(street.fields.map(each => each.name), ['name', 'number']);
  });

  it('maps objects to tables', async () => {
    const db = await shop();
    const mapper = new mapping.Mapper(db, { models: { Item: { tables: ['shop'] } } });
    const items = mapper.forModel('Item');
    await items.insert({ id: 1, name: 'one' });
    await items.update({ id: 1, name: 'uno' });
    assert.equal((await items.get({ id: 1 })).name, 'uno');
    await items.remove({ id: 1 });
    assert.equal(await items.get({ id: 1 }), null);
  });

  it('prepares again after ALTER', async () => {
    const db = await shop();
    await db.execute('INSERT INTO shop (id, name) VALUES (?, ?)', [1, 'one'], { prepare });
    await db.execute('SELECT * FROM shop', [], { prepare });
    await db.execute('ALTER TABLE shop ADD price int');
    const found = await db.execute('SELECT * FROM shop', [], { prepare });
    assert.deepEqual(found.columns.map(each => each.name), ['id', 'name', 'price', 'tags']);
    assert.equal(found.first().name, 'one');
  });

  it('hears of errors, warnings and traces', async () => {
    const db = await shop();
    await assert.rejects(db.execute('SELECT nothing FROM shop'),
      error => error instanceof errors.ResponseError && error.code === types.responseErrorCodes.invalid);
    await assert.rejects(db.execute('CREATE TABLE shop (id int PRIMARY KEY)'),
      error => error.code === types.responseErrorCodes.alreadyExists && error.table === 'shop');
    await assert.rejects(db.execute('SELECT * FROM shop', [], { consistency: types.consistencies.two }),
      error => Object.values(error.innerErrors)[0].required === 2);
    const counted = await db.execute('SELECT count(*) FROM shop', [], { traceQuery: true });
    assert.deepEqual(counted.info.warnings ?? [],
      isCassandra ? ['Aggregation query used without partition key'] : []);
    const trace = await db.metadata.getTrace(counted.info.traceId);
    assert.equal(trace.requestType, 'Execute CQL3 query');
    assert.ok(trace.events.length > 0);
  });

  it('asks for a password', async () => {
    await assert.rejects(client('COODIE_AUTH_ADDRESS').connect());
    const provider = password => ({ authProvider: new auth.PlainTextAuthProvider('ann', password) });
    await assert.rejects(client('COODIE_AUTH_ADDRESS', provider('guess')).connect());
    const known = client('COODIE_AUTH_ADDRESS', provider('secret'));
    assert.equal((await known.execute('SELECT key FROM system.local')).first().key, 'local');
  });
});
