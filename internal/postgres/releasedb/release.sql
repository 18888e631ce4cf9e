-- One release number at a time is given out, whatever the number of nodes.
-- name: LockNumbers
SELECT pg_advisory_xact_lock(7464384);

-- name: NextNumber
SELECT coalesce(max(number), 0) + 1 FROM release;

-- name: AddBlob
INSERT INTO blob (hash, bytes) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING;

-- name: Blobs
SELECT hash, bytes FROM blob WHERE hash = ANY ($1);

-- name: AddRelease
INSERT INTO release (id, number, parent, status, title, author, authors, content_hash, job, created_at)
VALUES (@id, @number, @parent, 'draft', @title, @author, @authors, @content_hash, @job, @now);

-- name: AddFile
INSERT INTO release_file (release, path, hash) VALUES ($1, $2, $3);

-- name: Files
SELECT path, hash FROM release_file WHERE release = $1 ORDER BY path;

-- name: FilesWithBytes
SELECT f.path, f.hash, b.bytes FROM release_file f JOIN blob b ON b.hash = f.hash WHERE f.release = $1 ORDER BY f.path;

-- name: Release
SELECT id, number, coalesce(parent, '') AS parent, status, title, author, authors, approver, reason, content_hash, job <> '' AS working,
  step, done, total, gate, created_at, approved_at, published_at
FROM release WHERE id = $1;

-- name: History
SELECT id, number, coalesce(parent, '') AS parent, status, title, author, authors, approver, reason, content_hash, job <> '' AS working,
  step, done, total, gate, created_at, approved_at, published_at
FROM release WHERE number < $1 ORDER BY number DESC LIMIT $2;

-- name: LatestShipped
SELECT id, content_hash FROM release WHERE author = 'shipped' ORDER BY number DESC LIMIT 1;

-- name: Pointer
SELECT current, coalesce(previous, '') AS previous, seq, duty_seq, changed_by, changed_at FROM release_pointer;

-- name: LockPointer
SELECT current, coalesce(previous, '') AS previous, seq, duty_seq, changed_by, changed_at FROM release_pointer FOR UPDATE;

-- name: AddPointer
INSERT INTO release_pointer (current, seq, changed_by, changed_at) VALUES ($1, 1, $2, $3);

-- name: MovePointer
UPDATE release_pointer SET previous = current, current = $1, seq = seq + 1, changed_by = $2, changed_at = $3;

-- name: TurnDuty
UPDATE release_pointer SET duty_seq = duty_seq + 1;

-- name: SetDuty
INSERT INTO employee_duty (employee, on_leave, reason, changed_by, changed_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (employee) DO UPDATE SET on_leave = excluded.on_leave, reason = excluded.reason, changed_by = excluded.changed_by, changed_at = excluded.changed_at;

-- name: Duties
SELECT employee, on_leave, reason, changed_by, changed_at FROM employee_duty ORDER BY employee;

-- A flow's version is its file's hash.
-- name: FlowVersions
SELECT f.path, f.hash, 'r' || min(r.number) AS first, bool_or(p.current = f.release) AS current,
  coalesce(bool_or(c.recalled), false) AS recalled, coalesce(max(c.reason), '') AS reason, coalesce(max(c.changed_by), '') AS changed_by, max(c.changed_at) AS changed_at
FROM release_file f JOIN release r ON r.id = f.release CROSS JOIN release_pointer p LEFT JOIN flow_recall c ON c.hash = f.hash
WHERE f.path LIKE 'scenes/%/flow.yaml' AND r.status = 'published'
GROUP BY f.path, f.hash ORDER BY f.path, max(r.number) DESC;

-- name: FlowFiles
SELECT DISTINCT ON (f.hash) f.path, f.hash, b.bytes
FROM release_file f JOIN release r ON r.id = f.release JOIN blob b ON b.hash = f.hash
WHERE f.path LIKE 'scenes/%/flow.yaml' AND r.status = 'published' ORDER BY f.hash, r.number DESC;

-- name: Recalled
SELECT hash FROM flow_recall WHERE recalled ORDER BY hash;

-- name: SetRecall
INSERT INTO flow_recall (hash, recalled, reason, changed_by, changed_at)
SELECT $1, $2, $3, $4, $5 WHERE EXISTS (SELECT FROM release_file WHERE hash = $1 AND path LIKE 'scenes/%/flow.yaml')
ON CONFLICT (hash) DO UPDATE SET recalled = excluded.recalled, reason = excluded.reason, changed_by = excluded.changed_by, changed_at = excluded.changed_at;

-- name: ClaimJob
UPDATE release SET job_owner = $1, job_until = clock_timestamp() + make_interval(secs => $2), job_attempts = job_attempts + 1
WHERE id = (
  SELECT id FROM release WHERE job <> '' AND (job_until IS NULL OR job_until < clock_timestamp())
  ORDER BY number FOR UPDATE SKIP LOCKED LIMIT 1)
RETURNING id, job_attempts;

-- name: HoldJob
UPDATE release SET job_until = clock_timestamp() + make_interval(secs => $3) WHERE id = $1 AND job_owner = $2 AND job <> '';

-- name: Progress
UPDATE release SET step = $3, done = $4, total = $5 WHERE id = $1 AND job_owner = $2 AND job <> '';

-- name: EndJob
UPDATE release SET job = '', job_owner = '', job_until = NULL, status = $3, gate = $4, step = '', done = 0, total = 0
WHERE id = $1 AND job_owner = $2 AND job <> '' AND status = 'draft';

-- name: FreeJob
UPDATE release SET job_owner = '', job_until = NULL WHERE id = $1 AND job_owner = $2 AND job <> '';

-- name: Recheck
UPDATE release SET job = 'gate', job_attempts = 0, job_until = NULL, gate = NULL WHERE id = $1 AND status = 'draft' AND job = '';

-- name: AddArtefact
INSERT INTO artefact (release, kind, maker, hash, size) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (release, maker, kind) DO NOTHING;

-- name: Artefacts
SELECT a.kind, a.hash, b.bytes FROM artefact a JOIN blob b ON b.hash = a.hash WHERE a.release = $1 AND a.maker = $2 ORDER BY a.kind;

-- name: HasArtefacts
SELECT EXISTS (SELECT FROM artefact WHERE release = $1 AND maker = $2);

-- The second person: neither who proposed nor anyone whose edits are in it.
-- name: Approve
UPDATE release SET status = 'approved', approver = $2, approved_at = $3
WHERE id = $1 AND status = 'review' AND author <> $2 AND NOT $2 = ANY (authors);

-- name: Refuse
UPDATE release SET status = 'refused', reason = $2, job = '', job_owner = '', job_until = NULL
WHERE id = $1 AND status IN ('draft', 'review', 'approved');

-- name: Publish
UPDATE release SET status = 'published', published_at = $2 WHERE id = $1 AND (status = 'approved' OR status = 'draft' AND author = 'shipped' AND number = 1);

-- name: Drafts
SELECT path, base_hash, coalesce(hash, '') AS hash, hash IS NULL AS deleted, author, authors, coalesce(proposed, '') AS proposed, version, updated_at
FROM draft ORDER BY path;

-- name: LockDraft
SELECT path, base_hash, coalesce(hash, '') AS hash, hash IS NULL AS deleted, author, authors, coalesce(proposed, '') AS proposed, version, updated_at
FROM draft WHERE path = $1 FOR UPDATE;

-- name: LockDrafts
SELECT path, base_hash, coalesce(hash, '') AS hash, hash IS NULL AS deleted, author, authors, coalesce(proposed, '') AS proposed, version, updated_at
FROM draft WHERE cardinality($1::text[]) = 0 OR path = ANY ($1) ORDER BY path FOR UPDATE;

-- name: PublishedHash
SELECT f.hash FROM release_file f JOIN release_pointer p ON p.current = f.release WHERE f.path = $1;

-- Two first saves of one path at once: the second finds the first one's row.
-- name: LockPath
SELECT pg_advisory_xact_lock(hashtextextended('draft:' || $1, 0));

-- name: SaveDraft
INSERT INTO draft (path, base_hash, hash, author, authors, updated_at) VALUES (@path, @base, nullif(@hash, ''), @author, ARRAY[@author]::text[], @now)
ON CONFLICT (path) DO UPDATE SET hash = excluded.hash, author = excluded.author, proposed = NULL, version = draft.version + 1, updated_at = excluded.updated_at,
  authors = CASE WHEN excluded.author = ANY (draft.authors) THEN draft.authors ELSE draft.authors || excluded.author END;

-- name: DropDraft
DELETE FROM draft WHERE path = $1;

-- name: MarkProposed
UPDATE draft SET proposed = $1 WHERE path = ANY ($2);

-- name: Unpropose
UPDATE draft SET proposed = NULL WHERE proposed = $1;

-- Drafts that were published as they stand are done; later edits of the same
-- files go on from what was published.
-- name: SettleDrafts
WITH done AS (
  DELETE FROM draft d WHERE d.proposed = $1 RETURNING d.path
)
UPDATE draft d SET base_hash = f.hash FROM release_file f, release r
WHERE r.id = $1 AND f.release = $1 AND f.path = d.path AND d.proposed IS NULL
  AND d.base_hash = coalesce((SELECT o.hash FROM release_file o WHERE o.release = r.parent AND o.path = d.path), '');

-- name: Nodes
SELECT id, http_addr, release, started_at, beat_at, draining, beat_at > clock_timestamp() - interval '3 seconds' AS alive
FROM node WHERE beat_at > clock_timestamp() - interval '1 day' ORDER BY started_at;

-- The releases that changed a file, newest first.
-- name: FileVersions
SELECT r.id, r.number, r.status, r.title, r.author, r.approver, r.created_at, r.published_at, coalesce(f.hash, '') AS hash
FROM release r
LEFT JOIN release_file f ON f.release = r.id AND f.path = @path
LEFT JOIN release_file p ON p.release = r.parent AND p.path = @path
WHERE f.hash IS DISTINCT FROM p.hash AND r.status <> 'refused'
ORDER BY r.number DESC LIMIT @most;
