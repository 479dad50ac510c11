-- Queries: joins, aggregates, window functions, common table expressions, JSON, dates, text functions.
.headers on
.mode column
SELECT * FROM yearly WHERE year IN ('2001', '2010') ORDER BY year, mean DESC;
.mode list
SELECT name, population, rank() OVER (ORDER BY population DESC) AS rank,
  sum(population) OVER (ORDER BY population ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS around FROM city ORDER BY name;
SELECT city, day, temperature - lag(temperature) OVER (PARTITION BY city ORDER BY day) AS step
  FROM reading WHERE day BETWEEN '2004-02-27' AND '2004-03-02' ORDER BY city, day;
SELECT substr(day, 6, 2) AS month, group_concat(DISTINCT city), count(note), typeof(max(note)), round(total(temperature), 3)
  FROM reading WHERE id < 5000 GROUP BY month HAVING count(*) > 10 ORDER BY month;
WITH RECURSIVE primes (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM primes WHERE n < 500)
  SELECT count(*), sum(n) FROM primes AS p WHERE NOT EXISTS (SELECT 1 FROM primes AS q WHERE q.n * q.n <= p.n AND p.n % q.n = 0);
WITH RECURSIVE xaxis(x) AS (VALUES(-2.0) UNION ALL SELECT x+0.05 FROM xaxis WHERE x<1.2),
  yaxis(y) AS (VALUES(-1.0) UNION ALL SELECT y+0.1 FROM yaxis WHERE y<1.0),
  m(iter, cx, cy, x, y) AS (SELECT 0, x, y, 0.0, 0.0 FROM xaxis, yaxis UNION ALL
    SELECT iter+1, cx, cy, x*x-y*y + cx, 2.0*x*y + cy FROM m WHERE (x*x + y*y) < 4.0 AND iter<28),
  m2(iter, cx, cy) AS (SELECT max(iter), cx, cy FROM m GROUP BY cx, cy),
  a(t) AS (SELECT group_concat(substr(' .+*#', 1+min(iter/7,4), 1), '') FROM m2 GROUP BY cy)
  SELECT group_concat(rtrim(t),x'0a') FROM a;
SELECT json_extract('{"a":[1,2,{"b":"c"}]}', '$.a[2].b'), json_group_array(name), json_array_length('[1,2,3]') FROM city;
SELECT key, value, type FROM json_each('{"x":1.5,"y":[true,null],"z":"text"}');
SELECT strftime('%Y-%W-%w %j', '2024-02-29'), julianday('2000-01-01'), datetime(1e9, 'unixepoch'), date('2024-01-31', '+1 month');
SELECT upper('mixed Case'), replace('aXbX', 'X', '--'), instr('haystack', 'st'), trim('  x '), hex(x'00ff10'), quote('it''s'),
  printf('%08.3f|%-6s|%+d|%x|%e', 3.14159, 'ab', 7, 255, 12345.678), unicode('é'), char(233, 8364), abs(-9223372036854775807);
SELECT 9223372036854775807 + 1, 1 / 0, 7 / 2, -7 % 3, 1e308 * 10, 0.1 + 0.2, 5 | 2, ~0, 1 << 40, CAST('12abc' AS INTEGER), round(2.5);
SELECT name FROM city WHERE name GLOB '[A-D]*' UNION SELECT 'Zürich' EXCEPT SELECT 'Bergen' ORDER BY 1 DESC LIMIT 3;
SELECT no_such_column FROM city;
.schema reading
