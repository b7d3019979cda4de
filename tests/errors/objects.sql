CREATE TEMPORARY TABLE users (id INT, name STRING, o STRUCTURED<'User', name STRING, age INT>, r ROW<name STRING>) WITH ('connector' = 'filesystem', 'path' = 'none.jsonl', 'format' = 'json');
-- @case classes that cannot be
SELECT OBJECT_OF(), OBJECT_OF(''), OBJECT_OF('a b', 'x', 1), OBJECT_OF('a..b', 'x', 1), OBJECT_OF('com.1x', 'x', 1), OBJECT_OF('int', 'x', 1), OBJECT_OF(name, 'x', 1), OBJECT_OF(CAST(NULL AS STRING)), OBJECT_OF(1) FROM users;
-- @case names and values of OBJECT_OF
SELECT OBJECT_OF('P', 'x'), OBJECT_OF('P', 'x', 1, 'x', 2), OBJECT_OF('P', name, 1), OBJECT_OF('P', 5, 1), OBJECT_OF('P', NULL, 1), OBJECT_OF('P', 'x', NULL) FROM users;
-- @case OBJECT_UPDATE
SELECT OBJECT_UPDATE(o, 'age'), OBJECT_UPDATE(o, 'agee', 1), OBJECT_UPDATE(o, 'age', 1, 'age', 2), OBJECT_UPDATE(o, name, 1), OBJECT_UPDATE(r, 'name', 'x'), OBJECT_UPDATE(NULL, 'x', 1), OBJECT_UPDATE(o, 'age', NULL) FROM users;
-- @case fields
SELECT o.nme, o[1], OBJECT_OF('P', 'x', 1).y FROM users;
-- @case other classes, other fields, rows
SELECT o = OBJECT_OF('Other', 'name', 'a', 'age', 1), o = OBJECT_OF('User', 'n', 'a', 'a', 1), o = ROW('a', 1), COALESCE(r, OBJECT_OF('User', 'name', 'x')), ARRAY[o, OBJECT_OF('User', 'name', 'a')] FROM users;
-- @case no order
SELECT o < o, MAX(o) FROM users;
-- @case UNION of two classes
SELECT o FROM users UNION ALL SELECT OBJECT_OF('Other', 'name', name, 'age', id) FROM users;
-- @case casts
SELECT CAST(o AS INT), CAST(o AS ROW<name STRING>), CAST(r AS STRUCTURED<'User', name STRING, age INT>), CAST(1 AS STRUCTURED<'User', n INT>) FROM users;
-- @case types that cannot be
SELECT CAST(NULL AS STRUCTURED<'a b', x INT>), CAST(NULL AS STRUCTURED<'P', x INT, x INT>), CAST(NULL AS STRUCTURED<'P', x REAL>);
-- @case the class is a text
SELECT CAST(NULL AS STRUCTURED<User, x INT>);
-- @case no fields in parentheses
SELECT CAST(NULL AS STRUCTURED('P', x INT));
