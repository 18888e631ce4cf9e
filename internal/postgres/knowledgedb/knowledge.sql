-- name: ClearRelease
DELETE FROM release_passage WHERE release = $1;

-- name: KnownPassages
SELECT hash FROM passage WHERE hash = ANY ($1);

-- name: AddPassage
INSERT INTO passage (hash, article, kind, locale, title, text, tokens, tsv, embedding)
VALUES ($1, $2, $3, $4, $5, $6, $7, array_to_tsvector($8), $9)
ON CONFLICT (hash) DO NOTHING;

-- name: AddReleasePassage
INSERT INTO release_passage (release, passage, place, article, kind, locale, audience, region, edition, variant, dated, valid_from, valid_until)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, coalesce(nullif($12, '')::date, '-infinity'), coalesce(nullif($13, '')::date, 'infinity'));

-- name: SaveKnowledge
INSERT INTO release_knowledge (release, maker, body, made_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (release) DO UPDATE SET maker = excluded.maker, body = excluded.body, made_at = excluded.made_at;

-- name: LoadKnowledge
SELECT body FROM release_knowledge WHERE release = $1;

-- Candidates by words. All conditions on the reader stand here, before any rank.
-- name: Lexical
SELECT p.hash, rp.article, rp.kind, p.tokens
FROM release_passage rp JOIN passage p ON p.hash = rp.passage
WHERE rp.release = @release AND rp.locale = ANY (@locales) AND rp.audience && @audience
  AND rp.region IN ('', @region) AND rp.edition IN ('', @edition)
  AND (rp.variant = '' OR rp.variant = ANY (@audience))
  AND (@day::date BETWEEN rp.valid_from AND rp.valid_until OR @on::date BETWEEN rp.valid_from AND rp.valid_until)
  AND p.tsv @@ @words::tsquery
LIMIT @most;

-- The articles nearest by vector, and those already found by words: each with
-- the distance of its nearest passage and of the middle of its passages. The
-- scan is exact: never fewer than asked for when there are.
-- name: Nearest
WITH seen AS (
  SELECT rp.article, min(p.embedding <=> @vector) AS nearest, avg(p.embedding) <=> @vector AS middle
  FROM release_passage rp JOIN passage p ON p.hash = rp.passage
  WHERE rp.release = @release AND rp.locale = ANY (@locales) AND rp.audience && @audience
    AND rp.region IN ('', @region) AND rp.edition IN ('', @edition)
    AND (rp.variant = '' OR rp.variant = ANY (@audience))
    AND (@day::date BETWEEN rp.valid_from AND rp.valid_until OR @on::date BETWEEN rp.valid_from AND rp.valid_until)
  GROUP BY rp.article
), ranked AS (
  SELECT article, nearest::float8, middle::float8, row_number() OVER (ORDER BY nearest + middle, article) AS place FROM seen
)
SELECT article, nearest, middle, place FROM ranked WHERE place <= @most OR article = ANY (@also) ORDER BY place;
