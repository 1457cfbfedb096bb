-- summary
WITH src AS (SELECT CASE WHEN trim("order id", ' 	
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
ev AS (SELECT * FROM src WHERE case_id IS NOT NULL AND activity IS NOT NULL AND t IS NOT NULL),
w AS (SELECT *, row_number() OVER (PARTITION BY case_id ORDER BY t, seq NULLS FIRST, activity) AS pos, lead(activity) OVER (PARTITION BY case_id ORDER BY t, seq NULLS FIRST, activity) AS na, lead(t) OVER (PARTITION BY case_id ORDER BY t, seq NULLS FIRST, activity) AS nt FROM ev),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
cs AS (SELECT case_id, n, t0, t1, t1 - t0 AS d FROM kept),
ranked AS (SELECT d, row_number() OVER ( ORDER BY d) AS r, count(*) OVER () AS m FROM cs)
SELECT max(CASE WHEN r = ((m * 9) // 10) + 1 THEN d END) FROM ranked;

-- summary
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
cs AS (SELECT case_id, n, t0, t1, t1 - t0 AS d FROM kept),
quiet AS (SELECT case_id AS of_case, CASE WHEN 0 - t1 > 0 THEN 1 ELSE 0 END AS q FROM cs),
places AS (SELECT case_id, activity, max(CASE WHEN pos = 1 THEN 1 ELSE 0 END) AS begins, max(CASE WHEN na IS NULL THEN 1 ELSE 0 END) AS stops FROM e GROUP BY case_id, activity)
SELECT activity, CAST(sum(begins * q) AS BIGINT), CAST(sum(q) AS BIGINT), CAST(sum(stops * q) AS BIGINT), CAST(sum(begins) AS BIGINT), CAST(sum(1) AS BIGINT), CAST(sum(stops) AS BIGINT) FROM places JOIN quiet ON case_id = of_case GROUP BY activity;

-- summary
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
cs AS (SELECT n, n AS k, t0, t1, d, CASE WHEN NOT (stop IS NOT NULL AND stop = 'Close') THEN 0 ELSE 1 END AS is_over FROM (SELECT case_id, n, t0, t1, t1 - t0 AS d, stop FROM kept) AS ended),
ranked AS (SELECT n, k, t0, t1, d, is_over, row_number() OVER ( ORDER BY d) AS r, count(*) OVER () AS m FROM cs),
by_end AS (SELECT *, row_number() OVER (PARTITION BY is_over ORDER BY d) AS r_over, count(*) OVER (PARTITION BY is_over) AS m_over FROM ranked)
SELECT k, count(d) AS q0, CAST(sum(CAST(d AS HUGEINT)) AS VARCHAR) AS q1, min(d) AS q2, max(d) AS q3, max(CASE WHEN r = (((m - 1) * 50) // 100) + 0 THEN d END) AS q4, max(CASE WHEN r = (((m - 1) * 50) // 100) + 1 THEN d END) AS q5, max(CASE WHEN r = (((m - 1) * 50) // 100) + 2 THEN d END) AS q6, max(CASE WHEN r = (((m - 1) * 90) // 100) + 0 THEN d END) AS q7, max(CASE WHEN r = (((m - 1) * 90) // 100) + 1 THEN d END) AS q8, max(CASE WHEN r = (((m - 1) * 90) // 100) + 2 THEN d END) AS q9, max(CASE WHEN r = (((m - 1) * 99) // 100) + 0 THEN d END) AS q10, max(CASE WHEN r = (((m - 1) * 99) // 100) + 1 THEN d END) AS q11, max(CASE WHEN r = (((m - 1) * 99) // 100) + 2 THEN d END) AS q12, count(CASE WHEN is_over = 1 THEN d END) AS p0, CAST(sum(CAST(CASE WHEN is_over = 1 THEN d END AS HUGEINT)) AS VARCHAR) AS p1, min(CASE WHEN is_over = 1 THEN d END) AS p2, max(CASE WHEN is_over = 1 THEN d END) AS p3, max(CASE WHEN r_over = (((m_over - 1) * 50) // 100) + 0 THEN CASE WHEN is_over = 1 THEN d END END) AS p4, max(CASE WHEN r_over = (((m_over - 1) * 50) // 100) + 1 THEN CASE WHEN is_over = 1 THEN d END END) AS p5, max(CASE WHEN r_over = (((m_over - 1) * 50) // 100) + 2 THEN CASE WHEN is_over = 1 THEN d END END) AS p6, max(CASE WHEN r_over = (((m_over - 1) * 90) // 100) + 0 THEN CASE WHEN is_over = 1 THEN d END END) AS p7, max(CASE WHEN r_over = (((m_over - 1) * 90) // 100) + 1 THEN CASE WHEN is_over = 1 THEN d END END) AS p8, max(CASE WHEN r_over = (((m_over - 1) * 90) // 100) + 2 THEN CASE WHEN is_over = 1 THEN d END END) AS p9, max(CASE WHEN r_over = (((m_over - 1) * 99) // 100) + 0 THEN CASE WHEN is_over = 1 THEN d END END) AS p10, max(CASE WHEN r_over = (((m_over - 1) * 99) // 100) + 1 THEN CASE WHEN is_over = 1 THEN d END END) AS p11, max(CASE WHEN r_over = (((m_over - 1) * 99) // 100) + 2 THEN CASE WHEN is_over = 1 THEN d END END) AS p12, CAST(sum(n) AS BIGINT), min(t0), max(t1) FROM by_end GROUP BY GROUPING SETS ((), (k)) ORDER BY k;

-- summary
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq, "who" AS c3 FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w)
SELECT count(DISTINCT activity), count(DISTINCT c3) FROM e;

-- summary
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, array_to_string(list_sort(list(concat(lpad(CAST(pos AS VARCHAR), 9, '0'), activity))), '') AS v FROM w GROUP BY case_id),
seqs AS (SELECT case_id, v, n AS len FROM f),
ranks AS (SELECT v, row_number() OVER (ORDER BY n DESC, v) AS place FROM (SELECT v, count(*) AS n FROM seqs GROUP BY v) AS counted),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w)
SELECT count(*) FROM (SELECT DISTINCT v FROM kept) AS different;

-- variants
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, array_to_string(list_sort(list(concat(lpad(CAST(pos AS VARCHAR), 9, '0'), activity))), '') AS v FROM w GROUP BY case_id),
seqs AS (SELECT case_id, v, n AS len FROM f),
ranks AS (SELECT v, row_number() OVER (ORDER BY n DESC, v) AS place FROM (SELECT v, count(*) AS n FROM seqs GROUP BY v) AS counted),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
cs AS (SELECT v, n AS len, t1 - t0 AS d, CASE WHEN TRUE THEN 1 ELSE 0 END AS is_kept FROM f),
ranked AS (SELECT v, len, d, is_kept, row_number() OVER (PARTITION BY v, is_kept ORDER BY d) AS r, count(*) OVER (PARTITION BY v, is_kept) AS m FROM cs),
counted AS (SELECT v, max(len) AS len, count(*) AS n_all, count(CASE WHEN is_kept = 1 THEN d END) AS p0, CAST(sum(CAST(CASE WHEN is_kept = 1 THEN d END AS HUGEINT)) AS VARCHAR) AS p1, min(CASE WHEN is_kept = 1 THEN d END) AS p2, max(CASE WHEN is_kept = 1 THEN d END) AS p3, max(CASE WHEN r = (((m - 1) * 50) // 100) + 0 THEN CASE WHEN is_kept = 1 THEN d END END) AS p4, max(CASE WHEN r = (((m - 1) * 50) // 100) + 1 THEN CASE WHEN is_kept = 1 THEN d END END) AS p5, max(CASE WHEN r = (((m - 1) * 50) // 100) + 2 THEN CASE WHEN is_kept = 1 THEN d END END) AS p6, max(CASE WHEN r = (((m - 1) * 90) // 100) + 0 THEN CASE WHEN is_kept = 1 THEN d END END) AS p7, max(CASE WHEN r = (((m - 1) * 90) // 100) + 1 THEN CASE WHEN is_kept = 1 THEN d END END) AS p8, max(CASE WHEN r = (((m - 1) * 90) // 100) + 2 THEN CASE WHEN is_kept = 1 THEN d END END) AS p9, max(CASE WHEN r = (((m - 1) * 99) // 100) + 0 THEN CASE WHEN is_kept = 1 THEN d END END) AS p10, max(CASE WHEN r = (((m - 1) * 99) // 100) + 1 THEN CASE WHEN is_kept = 1 THEN d END END) AS p11, max(CASE WHEN r = (((m - 1) * 99) // 100) + 2 THEN CASE WHEN is_kept = 1 THEN d END END) AS p12 FROM ranked GROUP BY v),
placed_all AS (SELECT *, CAST(p1 AS DECIMAL(38,0)) AS total, row_number() OVER (ORDER BY n_all DESC, v) AS place FROM counted),
grouped AS (SELECT * FROM placed_all WHERE p0 > 0)
SELECT v, place, count(*) OVER () AS all_variants, CAST(sum(p0) OVER () AS BIGINT) AS all_cases, p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, CAST(sum(p0) OVER (ORDER BY p0 DESC, v ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS BIGINT) AS above FROM grouped ORDER BY p0 DESC, v LIMIT 10;

-- activities
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
steps AS (SELECT na AS b, nt - t AS d FROM e WHERE na IS NOT NULL),
ranked AS (SELECT b, d, row_number() OVER (PARTITION BY b ORDER BY d) AS r, count(*) OVER (PARTITION BY b) AS m FROM steps)
SELECT b, count(d) AS q0, CAST(sum(CAST(d AS HUGEINT)) AS VARCHAR) AS q1, min(d) AS q2, max(d) AS q3, max(CASE WHEN r = (((m - 1) * 50) // 100) + 0 THEN d END) AS q4, max(CASE WHEN r = (((m - 1) * 50) // 100) + 1 THEN d END) AS q5, max(CASE WHEN r = (((m - 1) * 50) // 100) + 2 THEN d END) AS q6, max(CASE WHEN r = (((m - 1) * 90) // 100) + 0 THEN d END) AS q7, max(CASE WHEN r = (((m - 1) * 90) // 100) + 1 THEN d END) AS q8, max(CASE WHEN r = (((m - 1) * 90) // 100) + 2 THEN d END) AS q9, max(CASE WHEN r = (((m - 1) * 99) // 100) + 0 THEN d END) AS q10, max(CASE WHEN r = (((m - 1) * 99) // 100) + 1 THEN d END) AS q11, max(CASE WHEN r = (((m - 1) * 99) // 100) + 2 THEN d END) AS q12 FROM ranked GROUP BY b ORDER BY b;

-- activities
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
incases AS (SELECT case_id, activity, count(*) AS k, max(CASE WHEN pos = 1 THEN 1 ELSE 0 END) AS begins, max(CASE WHEN na IS NULL THEN 1 ELSE 0 END) AS stops FROM e GROUP BY case_id, activity)
SELECT activity, CAST(sum(k) AS BIGINT), count(*), CAST(sum(begins) AS BIGINT), CAST(sum(stops) AS BIGINT), CAST(sum(CASE WHEN k > 1 THEN 1 ELSE 0 END) AS BIGINT) FROM incases GROUP BY activity ORDER BY activity;

-- dfg
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
steps AS (SELECT case_id, activity AS a, na AS b, nt - t AS d FROM e WHERE na IS NOT NULL),
ranked AS (SELECT case_id, a, b, d, row_number() OVER (PARTITION BY a, b ORDER BY d) AS r, count(*) OVER (PARTITION BY a, b) AS m FROM steps)
SELECT a, b, count(DISTINCT case_id), count(d) AS q0, CAST(sum(CAST(d AS HUGEINT)) AS VARCHAR) AS q1, min(d) AS q2, max(d) AS q3, max(CASE WHEN r = (((m - 1) * 50) // 100) + 0 THEN d END) AS q4, max(CASE WHEN r = (((m - 1) * 50) // 100) + 1 THEN d END) AS q5, max(CASE WHEN r = (((m - 1) * 50) // 100) + 2 THEN d END) AS q6, max(CASE WHEN r = (((m - 1) * 90) // 100) + 0 THEN d END) AS q7, max(CASE WHEN r = (((m - 1) * 90) // 100) + 1 THEN d END) AS q8, max(CASE WHEN r = (((m - 1) * 90) // 100) + 2 THEN d END) AS q9, max(CASE WHEN r = (((m - 1) * 99) // 100) + 0 THEN d END) AS q10, max(CASE WHEN r = (((m - 1) * 99) // 100) + 1 THEN d END) AS q11, max(CASE WHEN r = (((m - 1) * 99) // 100) + 2 THEN d END) AS q12 FROM ranked GROUP BY a, b ORDER BY a, b;

-- cases
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, array_to_string(list_sort(list(concat(lpad(CAST(pos AS VARCHAR), 9, '0'), activity))), '') AS v FROM w GROUP BY case_id),
seqs AS (SELECT case_id, v, n AS len FROM f),
ranks AS (SELECT v, row_number() OVER (ORDER BY n DESC, v) AS place FROM (SELECT v, count(*) AS n FROM seqs GROUP BY v) AS counted),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
cs AS (SELECT case_id, n, t0, t1, t1 - t0 AS d FROM kept),
listed AS (SELECT case_id, ranks.place AS place, n, t0, t1, t1 - t0 AS d FROM kept JOIN ranks ON kept.v = ranks.v)
SELECT case_id, place, n, t0, t1, d, count(*) OVER () AS total, longest FROM listed CROSS JOIN (SELECT max(d) AS longest FROM cs) AS most ORDER BY d DESC, case_id LIMIT 10;

-- overview
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
cs AS (SELECT case_id, n, t0, t1, t1 - t0 AS d FROM kept),
ranked AS (SELECT d, row_number() OVER ( ORDER BY d) AS r, count(*) OVER () AS m FROM cs)
SELECT max(CASE WHEN r = ((m * 9) // 10) + 1 THEN d END) FROM ranked;

-- overview
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
cs AS (SELECT case_id, n, t0, t1, t1 - t0 AS d FROM kept),
quiet AS (SELECT case_id AS of_case, CASE WHEN 0 - t1 > 0 THEN 1 ELSE 0 END AS q FROM cs),
places AS (SELECT case_id, activity, max(CASE WHEN pos = 1 THEN 1 ELSE 0 END) AS begins, max(CASE WHEN na IS NULL THEN 1 ELSE 0 END) AS stops FROM e GROUP BY case_id, activity)
SELECT activity, CAST(sum(begins * q) AS BIGINT), CAST(sum(q) AS BIGINT), CAST(sum(stops * q) AS BIGINT), CAST(sum(begins) AS BIGINT), CAST(sum(1) AS BIGINT), CAST(sum(stops) AS BIGINT) FROM places JOIN quiet ON case_id = of_case GROUP BY activity;

-- overview
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
cs AS (SELECT n, n AS k, t0, t1, d, CASE WHEN NOT (stop IS NOT NULL AND stop = 'Close') THEN 0 ELSE 1 END AS is_over FROM (SELECT case_id, n, t0, t1, t1 - t0 AS d, stop FROM kept) AS ended),
ranked AS (SELECT n, k, t0, t1, d, is_over, row_number() OVER ( ORDER BY d) AS r, count(*) OVER () AS m FROM cs),
by_end AS (SELECT *, row_number() OVER (PARTITION BY is_over ORDER BY d) AS r_over, count(*) OVER (PARTITION BY is_over) AS m_over FROM ranked)
SELECT k, count(d) AS q0, CAST(sum(CAST(d AS HUGEINT)) AS VARCHAR) AS q1, min(d) AS q2, max(d) AS q3, max(CASE WHEN r = (((m - 1) * 50) // 100) + 0 THEN d END) AS q4, max(CASE WHEN r = (((m - 1) * 50) // 100) + 1 THEN d END) AS q5, max(CASE WHEN r = (((m - 1) * 50) // 100) + 2 THEN d END) AS q6, max(CASE WHEN r = (((m - 1) * 90) // 100) + 0 THEN d END) AS q7, max(CASE WHEN r = (((m - 1) * 90) // 100) + 1 THEN d END) AS q8, max(CASE WHEN r = (((m - 1) * 90) // 100) + 2 THEN d END) AS q9, max(CASE WHEN r = (((m - 1) * 99) // 100) + 0 THEN d END) AS q10, max(CASE WHEN r = (((m - 1) * 99) // 100) + 1 THEN d END) AS q11, max(CASE WHEN r = (((m - 1) * 99) // 100) + 2 THEN d END) AS q12, count(CASE WHEN is_over = 1 THEN d END) AS p0, CAST(sum(CAST(CASE WHEN is_over = 1 THEN d END AS HUGEINT)) AS VARCHAR) AS p1, min(CASE WHEN is_over = 1 THEN d END) AS p2, max(CASE WHEN is_over = 1 THEN d END) AS p3, max(CASE WHEN r_over = (((m_over - 1) * 50) // 100) + 0 THEN CASE WHEN is_over = 1 THEN d END END) AS p4, max(CASE WHEN r_over = (((m_over - 1) * 50) // 100) + 1 THEN CASE WHEN is_over = 1 THEN d END END) AS p5, max(CASE WHEN r_over = (((m_over - 1) * 50) // 100) + 2 THEN CASE WHEN is_over = 1 THEN d END END) AS p6, max(CASE WHEN r_over = (((m_over - 1) * 90) // 100) + 0 THEN CASE WHEN is_over = 1 THEN d END END) AS p7, max(CASE WHEN r_over = (((m_over - 1) * 90) // 100) + 1 THEN CASE WHEN is_over = 1 THEN d END END) AS p8, max(CASE WHEN r_over = (((m_over - 1) * 90) // 100) + 2 THEN CASE WHEN is_over = 1 THEN d END END) AS p9, max(CASE WHEN r_over = (((m_over - 1) * 99) // 100) + 0 THEN CASE WHEN is_over = 1 THEN d END END) AS p10, max(CASE WHEN r_over = (((m_over - 1) * 99) // 100) + 1 THEN CASE WHEN is_over = 1 THEN d END END) AS p11, max(CASE WHEN r_over = (((m_over - 1) * 99) // 100) + 2 THEN CASE WHEN is_over = 1 THEN d END END) AS p12, CAST(sum(n) AS BIGINT), min(t0), max(t1) FROM by_end GROUP BY GROUPING SETS ((), (k)) ORDER BY k;

-- overview
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
cs AS (SELECT case_id, n, t0, t1, t1 - t0 AS d FROM kept),
binned AS (SELECT 0 AS started, 0 AS ended, 0 AS lasted, d FROM cs),
ranked AS (SELECT started, ended, lasted, d, row_number() OVER (PARTITION BY ended ORDER BY d) AS r, count(*) OVER (PARTITION BY ended) AS m FROM binned)
SELECT started, ended, lasted, count(d) AS q0, CAST(sum(CAST(d AS HUGEINT)) AS VARCHAR) AS q1, min(d) AS q2, max(d) AS q3, max(CASE WHEN r = (((m - 1) * 50) // 100) + 0 THEN d END) AS q4, max(CASE WHEN r = (((m - 1) * 50) // 100) + 1 THEN d END) AS q5, max(CASE WHEN r = (((m - 1) * 50) // 100) + 2 THEN d END) AS q6, max(CASE WHEN r = (((m - 1) * 90) // 100) + 0 THEN d END) AS q7, max(CASE WHEN r = (((m - 1) * 90) // 100) + 1 THEN d END) AS q8, max(CASE WHEN r = (((m - 1) * 90) // 100) + 2 THEN d END) AS q9, max(CASE WHEN r = (((m - 1) * 99) // 100) + 0 THEN d END) AS q10, max(CASE WHEN r = (((m - 1) * 99) // 100) + 1 THEN d END) AS q11, max(CASE WHEN r = (((m - 1) * 99) // 100) + 2 THEN d END) AS q12 FROM ranked GROUP BY GROUPING SETS ((started), (ended), (lasted));

-- flow
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
cs AS (SELECT case_id, n, t0, t1, t1 - t0 AS d FROM kept),
ranked AS (SELECT d, row_number() OVER ( ORDER BY d) AS r, count(*) OVER () AS m FROM cs)
SELECT max(CASE WHEN r = ((m * 9) // 10) + 1 THEN d END) FROM ranked;

-- flow
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
cs AS (SELECT case_id, n, t0, t1, t1 - t0 AS d FROM kept),
quiet AS (SELECT case_id AS of_case, CASE WHEN 0 - t1 > 0 THEN 1 ELSE 0 END AS q FROM cs),
places AS (SELECT case_id, activity, max(CASE WHEN pos = 1 THEN 1 ELSE 0 END) AS begins, max(CASE WHEN na IS NULL THEN 1 ELSE 0 END) AS stops FROM e GROUP BY case_id, activity)
SELECT activity, CAST(sum(begins * q) AS BIGINT), CAST(sum(q) AS BIGINT), CAST(sum(stops * q) AS BIGINT), CAST(sum(begins) AS BIGINT), CAST(sum(1) AS BIGINT), CAST(sum(stops) AS BIGINT) FROM places JOIN quiet ON case_id = of_case GROUP BY activity;

-- flow
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
cs AS (SELECT n, n AS k, t0, t1, d, CASE WHEN NOT (stop IS NOT NULL AND stop = 'Close') THEN 0 ELSE 1 END AS is_over FROM (SELECT case_id, n, t0, t1, t1 - t0 AS d, stop FROM kept) AS ended),
ranked AS (SELECT n, k, t0, t1, d, is_over, row_number() OVER ( ORDER BY d) AS r, count(*) OVER () AS m FROM cs),
by_end AS (SELECT *, row_number() OVER (PARTITION BY is_over ORDER BY d) AS r_over, count(*) OVER (PARTITION BY is_over) AS m_over FROM ranked)
SELECT k, count(d) AS q0, CAST(sum(CAST(d AS HUGEINT)) AS VARCHAR) AS q1, min(d) AS q2, max(d) AS q3, max(CASE WHEN r = (((m - 1) * 50) // 100) + 0 THEN d END) AS q4, max(CASE WHEN r = (((m - 1) * 50) // 100) + 1 THEN d END) AS q5, max(CASE WHEN r = (((m - 1) * 50) // 100) + 2 THEN d END) AS q6, max(CASE WHEN r = (((m - 1) * 90) // 100) + 0 THEN d END) AS q7, max(CASE WHEN r = (((m - 1) * 90) // 100) + 1 THEN d END) AS q8, max(CASE WHEN r = (((m - 1) * 90) // 100) + 2 THEN d END) AS q9, max(CASE WHEN r = (((m - 1) * 99) // 100) + 0 THEN d END) AS q10, max(CASE WHEN r = (((m - 1) * 99) // 100) + 1 THEN d END) AS q11, max(CASE WHEN r = (((m - 1) * 99) // 100) + 2 THEN d END) AS q12, count(CASE WHEN is_over = 1 THEN d END) AS p0, CAST(sum(CAST(CASE WHEN is_over = 1 THEN d END AS HUGEINT)) AS VARCHAR) AS p1, min(CASE WHEN is_over = 1 THEN d END) AS p2, max(CASE WHEN is_over = 1 THEN d END) AS p3, max(CASE WHEN r_over = (((m_over - 1) * 50) // 100) + 0 THEN CASE WHEN is_over = 1 THEN d END END) AS p4, max(CASE WHEN r_over = (((m_over - 1) * 50) // 100) + 1 THEN CASE WHEN is_over = 1 THEN d END END) AS p5, max(CASE WHEN r_over = (((m_over - 1) * 50) // 100) + 2 THEN CASE WHEN is_over = 1 THEN d END END) AS p6, max(CASE WHEN r_over = (((m_over - 1) * 90) // 100) + 0 THEN CASE WHEN is_over = 1 THEN d END END) AS p7, max(CASE WHEN r_over = (((m_over - 1) * 90) // 100) + 1 THEN CASE WHEN is_over = 1 THEN d END END) AS p8, max(CASE WHEN r_over = (((m_over - 1) * 90) // 100) + 2 THEN CASE WHEN is_over = 1 THEN d END END) AS p9, max(CASE WHEN r_over = (((m_over - 1) * 99) // 100) + 0 THEN CASE WHEN is_over = 1 THEN d END END) AS p10, max(CASE WHEN r_over = (((m_over - 1) * 99) // 100) + 1 THEN CASE WHEN is_over = 1 THEN d END END) AS p11, max(CASE WHEN r_over = (((m_over - 1) * 99) // 100) + 2 THEN CASE WHEN is_over = 1 THEN d END END) AS p12, CAST(sum(n) AS BIGINT), min(t0), max(t1) FROM by_end GROUP BY GROUPING SETS ((), (k)) ORDER BY k;

-- flow
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
cs AS (SELECT t0, t1, CASE WHEN NOT (stop IS NOT NULL AND stop = 'Close') THEN 1 ELSE 0 END AS is_open FROM (SELECT case_id, n, t0, t1, t1 - t0 AS d, stop FROM kept) AS ended),
spans AS (SELECT t0, t1, is_open, CASE WHEN is_open = 1 THEN 1 ELSE t1 END AS t2 FROM cs),
within_axis AS (SELECT t0, t1, is_open, CASE WHEN t0 < 0 THEN 0 ELSE t0 END AS a, CASE WHEN t2 > 10000000 THEN 10000000 ELSE t2 END AS z, CASE WHEN t0 < 10000000 AND t2 > 0 AND t0 < t2 THEN 1 ELSE 0 END AS is_inside FROM spans),
binned AS (SELECT CASE WHEN t0 >= 10000000 THEN -2 WHEN t0 < 0 THEN -1 ELSE CASE WHEN t0 < 5000000 THEN 0 ELSE 1 END END AS b0, CASE WHEN is_open = 1 OR t1 >= 10000000 THEN -2 WHEN t1 < 0 THEN -1 ELSE CASE WHEN t1 < 5000000 THEN 0 ELSE 1 END END AS b1, CASE WHEN is_inside = 0 THEN -2 WHEN a < 0 THEN -1 ELSE CASE WHEN a < 5000000 THEN 0 ELSE 1 END END AS b2, CASE WHEN is_inside = 0 THEN -2 WHEN (z - 1) < 0 THEN -1 ELSE CASE WHEN (z - 1) < 5000000 THEN 0 ELSE 1 END END AS b3, a, z FROM within_axis)
SELECT b0, b1, b2, b3, count(*), CAST(sum(CAST(a AS HUGEINT)) AS VARCHAR), CAST(sum(CAST(z AS HUGEINT)) AS VARCHAR) FROM binned GROUP BY GROUPING SETS ((b0), (b1), (b2), (b3));

-- map
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w)
SELECT activity, count(DISTINCT case_id), count(*) FROM e GROUP BY activity;

-- map
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
p AS (SELECT case_id, pos, t, na, activity AS a, lead(activity) OVER (PARTITION BY case_id ORDER BY pos) AS b, lead(pos) OVER (PARTITION BY case_id ORDER BY pos) AS bpos, lead(t) OVER (PARTITION BY case_id ORDER BY pos) AS bt, lag(activity) OVER (PARTITION BY case_id ORDER BY pos) AS z FROM e),
steps AS (SELECT case_id, a, b, CASE WHEN bpos = pos + 1 OR (b IS NULL AND na IS NULL) THEN 1 ELSE 0 END AS direct FROM p)
SELECT a, b, count(*), CAST(sum(direct) AS BIGINT), count(DISTINCT case_id) FROM steps GROUP BY a, b;

-- map
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
p AS (SELECT case_id, pos, t, na, activity AS a, lead(activity) OVER (PARTITION BY case_id ORDER BY pos) AS b, lead(pos) OVER (PARTITION BY case_id ORDER BY pos) AS bpos, lead(t) OVER (PARTITION BY case_id ORDER BY pos) AS bt, lag(activity) OVER (PARTITION BY case_id ORDER BY pos) AS z FROM e),
steps AS (SELECT case_id, a, CASE WHEN pos = 1 THEN 1 ELSE 0 END AS direct FROM p WHERE z IS NULL)
SELECT a, count(*), CAST(sum(direct) AS BIGINT), count(DISTINCT case_id) FROM steps GROUP BY a;

-- map
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w),
p AS (SELECT case_id, pos, t, na, activity AS a, lead(activity) OVER (PARTITION BY case_id ORDER BY pos) AS b, lead(pos) OVER (PARTITION BY case_id ORDER BY pos) AS bpos, lead(t) OVER (PARTITION BY case_id ORDER BY pos) AS bt, lag(activity) OVER (PARTITION BY case_id ORDER BY pos) AS z FROM e),
timed AS (SELECT a, b, bt - t AS d FROM p WHERE b IS NOT NULL),
ranked AS (SELECT a, b, d, row_number() OVER (PARTITION BY a, b ORDER BY d) AS r, count(*) OVER (PARTITION BY a, b) AS m FROM timed)
SELECT a, b, count(d) AS q0, CAST(sum(CAST(d AS HUGEINT)) AS VARCHAR) AS q1, min(d) AS q2, max(d) AS q3, max(CASE WHEN r = (((m - 1) * 50) // 100) + 0 THEN d END) AS q4, max(CASE WHEN r = (((m - 1) * 50) // 100) + 1 THEN d END) AS q5, max(CASE WHEN r = (((m - 1) * 50) // 100) + 2 THEN d END) AS q6, max(CASE WHEN r = (((m - 1) * 90) // 100) + 0 THEN d END) AS q7, max(CASE WHEN r = (((m - 1) * 90) // 100) + 1 THEN d END) AS q8, max(CASE WHEN r = (((m - 1) * 90) // 100) + 2 THEN d END) AS q9, max(CASE WHEN r = (((m - 1) * 99) // 100) + 0 THEN d END) AS q10, max(CASE WHEN r = (((m - 1) * 99) // 100) + 1 THEN d END) AS q11, max(CASE WHEN r = (((m - 1) * 99) // 100) + 2 THEN d END) AS q12 FROM ranked GROUP BY a, b ORDER BY a, b;

-- map
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w)
SELECT count(DISTINCT case_id) FROM e;

-- filter counts
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, array_to_string(list_sort(list(concat(lpad(CAST(pos AS VARCHAR), 9, '0'), activity))), '') AS v, max(CASE WHEN (activity IS NOT NULL AND activity = 'Open') THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
seqs AS (SELECT case_id, v, n AS len FROM f),
ranks AS (SELECT v, row_number() OVER (ORDER BY n DESC, v) AS place FROM (SELECT v, count(*) AS n FROM seqs GROUP BY v) AS counted),
placed AS (SELECT f.*, ranks.place FROM f JOIN ranks ON f.v = ranks.v),
kept AS (SELECT *, case_id AS kept_id FROM placed WHERE TRUE),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT CAST(coalesce(sum(CASE WHEN TRUE THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(coalesce(sum(CASE WHEN (f0 = 1) THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(coalesce(sum(CASE WHEN (f0 = 1) THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(coalesce(sum(CASE WHEN (CAST(place AS DOUBLE) = CAST('1e0' AS DOUBLE)) THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(coalesce(sum(CASE WHEN (f0 = 1) AND (CAST(place AS DOUBLE) = CAST('1e0' AS DOUBLE)) THEN 1 ELSE 0 END), 0) AS BIGINT) FROM placed;

-- events where activity != "Ship"
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
ev AS (SELECT * FROM src WHERE case_id IS NOT NULL AND activity IS NOT NULL AND t IS NOT NULL AND NOT (activity IS NOT NULL AND activity = 'Ship')),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w)
SELECT * FROM e;

-- events where time in 2024-01..2024-02
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
ev AS (SELECT * FROM src WHERE case_id IS NOT NULL AND activity IS NOT NULL AND t IS NOT NULL AND (t >= 1704067200000000 AND t < 1706745600000000)),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w)
SELECT * FROM e;

-- events where amount < 5
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq, CASE WHEN NOT isnan("amount") THEN CAST("amount" AS DOUBLE) END AS c5 FROM "sales"."events"),
ev AS (SELECT * FROM src WHERE case_id IS NOT NULL AND activity IS NOT NULL AND t IS NOT NULL AND (c5 IS NOT NULL AND (CAST(c5 AS DOUBLE) <= CAST('4.999999999999999e0' AS DOUBLE)))),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w)
SELECT * FROM e;

-- events where resource is missing
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq, "who" AS c3 FROM "sales"."events"),
ev AS (SELECT * FROM src WHERE case_id IS NOT NULL AND activity IS NOT NULL AND t IS NOT NULL AND (c3 IS NULL)),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f),
e AS (SELECT * FROM w)
SELECT * FROM e;

-- cases where "Open"
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (activity IS NOT NULL AND activity = 'Open') THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where not "Open"
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (activity IS NOT NULL AND activity = 'Open') THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE NOT (f0 = 1)),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where "Open" and ("Ship" or not "Close")
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (activity IS NOT NULL AND activity = 'Open') THEN 1 ELSE 0 END) AS f0, max(CASE WHEN (activity IS NOT NULL AND activity = 'Ship') THEN 1 ELSE 0 END) AS f1, max(CASE WHEN (activity IS NOT NULL AND activity = 'Close') THEN 1 ELSE 0 END) AS f2 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE (f0 = 1 AND (f1 = 1 OR NOT (f2 = 1)))),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where "Open" -> "Ship"
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (activity IS NOT NULL AND activity = 'Open') AND (na IS NOT NULL AND na = 'Ship') THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where "Open" -> "Ship" within 2h
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (activity IS NOT NULL AND activity = 'Open') AND (na IS NOT NULL AND na = 'Ship') AND (nt - t) <= 7200000000 THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where "Open" -> "Ship" after 1h within 2h
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (activity IS NOT NULL AND activity = 'Open') AND (na IS NOT NULL AND na = 'Ship') AND (nt - t) >= 3600000000 AND (nt - t) <= 7200000000 THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where "Open" -> "Ship" during 2024-01..2024-03
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (activity IS NOT NULL AND activity = 'Open') AND (na IS NOT NULL AND na = 'Ship') AND ((t >= 1704067200000000 AND t < 1709251200000000) AND (nt >= 1704067200000000 AND nt < 1709251200000000)) THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where "Open" -> "Ship" overlaps 2024-01..2024-03
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (activity IS NOT NULL AND activity = 'Open') AND (na IS NOT NULL AND na = 'Ship') AND (t < 1709251200000000 AND nt >= 1704067200000000) THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where "Open" ~> "Close"
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, CASE WHEN min(CASE WHEN (activity IS NOT NULL AND activity = 'Open') THEN pos END) < max(CASE WHEN (activity IS NOT NULL AND activity = 'Close') THEN pos END) THEN 1 ELSE 0 END AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where "Open" ~> "Close" within 2d
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
w2 AS (SELECT *, max(CASE WHEN (activity IS NOT NULL AND activity = 'Open') THEN t END) OVER (PARTITION BY case_id ORDER BY pos ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before0 FROM w),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (activity IS NOT NULL AND activity = 'Close') AND before0 IS NOT NULL AND (t - before0) <= 172800000000 THEN 1 ELSE 0 END) AS f0 FROM w2 GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where "Open" ~> "Close" after 2d
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
w2 AS (SELECT *, min(CASE WHEN (activity IS NOT NULL AND activity = 'Open') THEN t END) OVER (PARTITION BY case_id ORDER BY pos ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before0 FROM w),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (activity IS NOT NULL AND activity = 'Close') AND before0 IS NOT NULL AND (t - before0) >= 172800000000 THEN 1 ELSE 0 END) AS f0 FROM w2 GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where "Open" -> "Ship" -> "Close" within 1d
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
w2 AS (SELECT *, lead(activity, 2) OVER (PARTITION BY case_id ORDER BY pos) AS activity_2, lead(t, 2) OVER (PARTITION BY case_id ORDER BY pos) AS t_2 FROM w),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (activity IS NOT NULL AND activity = 'Open') AND (na IS NOT NULL AND na = 'Ship') AND (activity_2 IS NOT NULL AND activity_2 = 'Close') AND (t_2 - t) <= 86400000000 THEN 1 ELSE 0 END) AS f0 FROM w2 GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where starts with "Open"
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN pos = 1 AND (activity IS NOT NULL AND activity = 'Open') THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where ends with "it's"
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN na IS NULL AND (activity IS NOT NULL AND activity = 'it''s') THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where started 2024-01..
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE (t0 >= 1704067200000000)),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where ended ..=2024-02-01
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE (t1 < 1706832000000000)),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where during 2024
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE ((t0 >= 1704067200000000 AND t0 < 1735689600000000) AND (t1 >= 1704067200000000 AND t1 < 1735689600000000))),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where overlaps 2024-01-01..2024-02-01
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE (t0 < 1706745600000000 AND t1 >= 1704067200000000)),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where time in 2024-01-01..2024-02-01
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (t >= 1704067200000000 AND t < 1706745600000000) THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where time after 1h within 2h
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
w2 AS (SELECT *, min(t) OVER (PARTITION BY case_id) AS begun FROM w),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (t - begun) >= 3600000000 AND (t - begun) <= 7200000000 THEN 1 ELSE 0 END) AS f0 FROM w2 GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where duration > 3d
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE ((t1 - t0) >= 259200000001)),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where duration = 0s
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE (t1 - t0) = 0),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where start >= 2024-01-02
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE (t0 >= 1704153600000000)),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where end < 2024-01-02
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE (t1 <= 1704153599999999)),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where events > 3
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE (CAST(n AS DOUBLE) >= CAST('3.0000000000000004e0' AS DOUBLE))),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where events in (1, 2)
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE CAST(n AS DOUBLE) IN (CAST('1e0' AS DOUBLE), CAST('2e0' AS DOUBLE))),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where variant <= 10
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, array_to_string(list_sort(list(concat(lpad(CAST(pos AS VARCHAR), 9, '0'), activity))), '') AS v FROM w GROUP BY case_id),
seqs AS (SELECT case_id, v, n AS len FROM f),
ranks AS (SELECT v, row_number() OVER (ORDER BY n DESC, v) AS place FROM (SELECT v, count(*) AS n FROM seqs GROUP BY v) AS counted),
placed AS (SELECT f.*, ranks.place FROM f JOIN ranks ON f.v = ranks.v),
kept AS (SELECT *, case_id AS kept_id FROM placed WHERE (CAST(place AS DOUBLE) <= CAST('1e1' AS DOUBLE))),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where count("Ship") = 2
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, sum(CASE WHEN (activity IS NOT NULL AND activity = 'Ship') THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE CAST(f0 AS DOUBLE) = CAST('2e0' AS DOUBLE)),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where case in ("a", "b")
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (case_id IS NOT NULL AND case_id IN ('a', 'b')) THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where case > "m"
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (case_id > 'm') THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where activity ~ "^S"
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (activity IS NOT NULL AND activity = 'Ship') THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where resource = "ANN"
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq, "who" AS c3 FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (c3 IS NOT NULL AND c3 = 'ann') THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where resource != "bob"
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq, "who" AS c3 FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (c3 IS NOT NULL AND c3 = 'bob') THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE NOT (f0 = 1)),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where who = "o\\k"
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq, "who" AS c3 FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (c3 IS NOT NULL AND c3 = 'o\k') THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where region in ("EU", "US")
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq, "region" AS c4 FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (c4 IS NOT NULL AND NOT FALSE) THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where region ~ "^E"
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq, "region" AS c4 FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (c4 IS NOT NULL AND c4 = 'EU') THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where amount > 0.1
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq, CASE WHEN NOT isnan("amount") THEN CAST("amount" AS DOUBLE) END AS c5 FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (c5 IS NOT NULL AND (CAST(c5 AS DOUBLE) >= CAST('1.0000000000000002e-1' AS DOUBLE))) THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where amount in (1, 2.5)
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq, CASE WHEN NOT isnan("amount") THEN CAST("amount" AS DOUBLE) END AS c5 FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (c5 IS NOT NULL AND CAST(c5 AS DOUBLE) IN (CAST('1e0' AS DOUBLE), CAST('2.5e0' AS DOUBLE))) THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where due < 2024-03-01
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq, epoch_us(CAST("due" AS TIMESTAMP)) AS c6 FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (c6 IS NOT NULL AND (c6 <= 1709251199999999)) THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where region is missing
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq, "region" AS c4 FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (c4 IS NULL) THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where amount is not missing
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq, CASE WHEN NOT isnan("amount") THEN CAST("amount" AS DOUBLE) END AS c5 FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (c5 IS NULL) THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE NOT (f0 = 1)),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where event(activity = "Ship" and amount > 5 and resource = "ann")
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq, "who" AS c3, CASE WHEN NOT isnan("amount") THEN CAST("amount" AS DOUBLE) END AS c5 FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (activity IS NOT NULL AND activity = 'Ship') AND (c5 IS NOT NULL AND (CAST(c5 AS DOUBLE) >= CAST('5.000000000000001e0' AS DOUBLE))) AND (c3 IS NOT NULL AND c3 = 'ann') THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where first(resource) = "ann"
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq, "who" AS c3 FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN pos = 1 AND (c3 IS NOT NULL AND c3 = 'ann') THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where last(amount) >= 2
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq, CASE WHEN NOT isnan("amount") THEN CAST("amount" AS DOUBLE) END AS c5 FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN na IS NULL AND (c5 IS NOT NULL AND (CAST(c5 AS DOUBLE) >= CAST('2e0' AS DOUBLE))) THEN 1 ELSE 0 END) AS f0 FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where resource "ann" -> "bob"
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq, "who" AS c3 FROM "sales"."events"),
w2 AS (SELECT *, lead(c3, 1) OVER (PARTITION BY case_id ORDER BY pos) AS c3_1 FROM w),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (c3 IS NOT NULL AND c3 = 'ann') AND (c3_1 IS NOT NULL AND c3_1 = 'bob') THEN 1 ELSE 0 END) AS f0 FROM w2 GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where ping-pong
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq, "who" AS c3 FROM "sales"."events"),
w2 AS (SELECT *, lead(c3, 1) OVER (PARTITION BY case_id ORDER BY pos) AS c3_1, lead(c3, 2) OVER (PARTITION BY case_id ORDER BY pos) AS c3_2 FROM w),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN c3 IS NOT NULL AND c3_1 IS NOT NULL AND c3_2 IS NOT NULL AND c3 <> c3_1 AND c3 = c3_2 THEN 1 ELSE 0 END) AS f0 FROM w2 GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE f0 = 1),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where ping-pong ["ann", "bob"]
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq, "who" AS c3 FROM "sales"."events"),
w2 AS (SELECT *, lead(c3, 1) OVER (PARTITION BY case_id ORDER BY pos) AS c3_1, lead(c3, 2) OVER (PARTITION BY case_id ORDER BY pos) AS c3_2 FROM w),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop, max(CASE WHEN (c3 IS NOT NULL AND c3 = 'ann') AND (c3_1 IS NOT NULL AND c3_1 = 'bob') AND (c3_2 IS NOT NULL AND c3_2 = 'ann') THEN 1 ELSE 0 END) AS f0, max(CASE WHEN (c3 IS NOT NULL AND c3 = 'bob') AND (c3_1 IS NOT NULL AND c3_1 = 'ann') AND (c3_2 IS NOT NULL AND c3_2 = 'bob') THEN 1 ELSE 0 END) AS f1 FROM w2 GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE (f0 = 1 OR f1 = 1)),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where start.hour in (9, 10)
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE ((((t0 % 86400000000) + 86400000000) % 86400000000) // 3600000000) IN (9, 10)),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

-- cases where end.weekday = mon
 ') <> '' THEN "order id" END AS case_id, CASE WHEN trim("step", ' 	
 ') <> '' THEN "step" END AS activity, epoch_us("at") AS t, "line" AS seq FROM "sales"."events"),
f AS (SELECT case_id, min(t) AS t0, max(t) AS t1, count(*) AS n, max(CASE WHEN na IS NULL THEN activity END) AS stop FROM w GROUP BY case_id),
kept AS (SELECT *, case_id AS kept_id FROM f WHERE ((((((t1 - (((t1 % 86400000000) + 86400000000) % 86400000000)) // 86400000000) + 3) % 7) + 7) % 7) = 0),
e AS (SELECT w.* FROM w JOIN kept ON w.case_id = kept.kept_id)
SELECT DISTINCT case_id FROM e;

