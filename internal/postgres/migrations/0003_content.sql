-- +goose Up
-- Content: releases as named files, their artefacts, drafts, and what the
-- knowledge base makes of a release.

-- Bytes by their SHA-256; written once, never changed.
CREATE TABLE blob (
  hash  text PRIMARY KEY CHECK (hash ~ '^[0-9a-f]{64}$'),
  bytes bytea NOT NULL CHECK (length(bytes) <= 268435456)
);

CREATE TABLE release (
  id           text PRIMARY KEY CHECK (id ~ '^r[1-9][0-9]*$'),
  number       bigint NOT NULL UNIQUE CHECK (number > 0),
  parent       text REFERENCES release (id),
  status       text NOT NULL CHECK (status IN ('draft', 'review', 'approved', 'published', 'refused')),
  title        text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
  author       text NOT NULL CHECK (author <> ''),      -- who proposed it
  authors      text[] NOT NULL,                         -- everyone whose edits are in it
  approver     text NOT NULL DEFAULT '',
  reason       text NOT NULL DEFAULT '' CHECK (length(reason) <= 2000), -- why it was refused
  content_hash text NOT NULL CHECK (content_hash ~ '^[0-9a-f]{64}$'),   -- over all paths and hashes
  -- The job that makes the artefacts and runs the gate; leased, so that a dead node's work is taken over.
  job          text NOT NULL DEFAULT '' CHECK (job IN ('', 'gate')),
  job_owner    text NOT NULL DEFAULT '',
  job_until    timestamptz,
  job_attempts integer NOT NULL DEFAULT 0,
  step         text NOT NULL DEFAULT '',
  done         integer NOT NULL DEFAULT 0,
  total        integer NOT NULL DEFAULT 0,
  gate         jsonb,
  created_at   timestamptz NOT NULL,
  approved_at  timestamptz,
  published_at timestamptz,
  -- Nobody approves their own work.
  CONSTRAINT second_person CHECK (approver = '' OR NOT (approver = author OR approver = ANY (authors))),
  CONSTRAINT approved_by CHECK (status NOT IN ('approved', 'published') OR approver <> '' OR author = 'shipped'),
  CHECK ((published_at IS NOT NULL) = (status = 'published'))
);
CREATE INDEX release_job ON release (number) WHERE job <> '';

CREATE TABLE release_file (
  release text NOT NULL REFERENCES release (id),
  path    text NOT NULL CHECK (path ~ '^[^/].*[^/]$' AND length(path) <= 300 AND path NOT LIKE '%..%'),
  hash    text NOT NULL REFERENCES blob (hash),
  PRIMARY KEY (release, path)
);

-- What a release was compiled into; maker is the version of the code that did
-- it, so that a newer program can make its own beside the older one's.
CREATE TABLE artefact (
  release text NOT NULL REFERENCES release (id),
  kind    text NOT NULL CHECK (kind <> ''),
  maker   text NOT NULL,
  hash    text NOT NULL REFERENCES blob (hash),
  size    bigint NOT NULL,
  PRIMARY KEY (release, maker, kind)
);

-- One draft a file, shared by all editors; base is what it was edited from.
CREATE TABLE draft (
  path       text PRIMARY KEY CHECK (path ~ '^[^/].*[^/]$' AND length(path) <= 300 AND path NOT LIKE '%..%'),
  base_hash  text NOT NULL DEFAULT '', -- of the published file; empty: a new file
  hash       text REFERENCES blob (hash), -- null: the file is to be deleted
  author     text NOT NULL CHECK (author <> ''), -- who saved last
  authors    text[] NOT NULL,
  proposed   text REFERENCES release (id), -- the candidate that holds it as it is now
  version    bigint NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL
);

-- The one pointer every node watches. duty_seq grows when somebody goes on or off duty.
CREATE TABLE release_pointer (
  one        boolean PRIMARY KEY DEFAULT true CHECK (one),
  current    text NOT NULL REFERENCES release (id),
  previous   text REFERENCES release (id),
  seq        bigint NOT NULL,
  duty_seq   bigint NOT NULL DEFAULT 0,
  changed_by text NOT NULL,
  changed_at timestamptz NOT NULL
);

-- Digital employees that were sent off duty (停岗); no row means on duty.
CREATE TABLE employee_duty (
  employee   text PRIMARY KEY CHECK (employee <> ''),
  on_leave   boolean NOT NULL,
  reason     text NOT NULL DEFAULT '' CHECK (length(reason) <= 500),
  changed_by text NOT NULL,
  changed_at timestamptz NOT NULL
);

-- A text that can be found or shown, by the hash of what it holds; shared by
-- all releases that have it.
CREATE TABLE passage (
  hash      text PRIMARY KEY CHECK (hash ~ '^[0-9a-f]{32}$'),
  article   text NOT NULL,
  kind      text NOT NULL CHECK (kind IN ('question', 'similar', 'answer')),
  locale    text NOT NULL CHECK (locale IN ('zh', 'en')),
  title     text NOT NULL,
  text      text NOT NULL,
  tokens    text[] NOT NULL,
  tsv       tsvector NOT NULL,
  embedding vector(256) NOT NULL
);
CREATE INDEX passage_tsv ON passage USING gin (tsv);

-- Which passages belong to a release, and who may see each, where and when.
CREATE TABLE release_passage (
  release     text NOT NULL REFERENCES release (id),
  passage     text NOT NULL REFERENCES passage (hash),
  place       integer NOT NULL, -- order within the release; one passage may stand in several variants
  article     text NOT NULL,
  kind        text NOT NULL,
  locale      text NOT NULL,
  audience    text[] NOT NULL CHECK (audience <> '{}'),
  region      text NOT NULL DEFAULT '',
  edition     text NOT NULL DEFAULT '', -- elder: only for that edition
  variant     text NOT NULL DEFAULT '', -- an audience this wording is kept for
  dated       boolean NOT NULL DEFAULT false, -- a version with dates of its own
  valid_from  date NOT NULL DEFAULT '-infinity',
  valid_until date NOT NULL DEFAULT 'infinity', -- inclusive
  PRIMARY KEY (release, place),
  CHECK (valid_from <= valid_until)
);
CREATE INDEX release_passage_passage ON release_passage (passage, release);
CREATE INDEX release_passage_article ON release_passage (release, article);

-- What a node needs beside the passages: articles, tables, document
-- frequencies, the calibration. One document a release, loaded once a node.
CREATE TABLE release_knowledge (
  release text PRIMARY KEY REFERENCES release (id),
  maker   text NOT NULL,
  body    bytea NOT NULL,
  made_at timestamptz NOT NULL
);

REVOKE UPDATE, DELETE ON blob, release_file, artefact FROM pingdui_app;
REVOKE DELETE ON release, release_pointer FROM pingdui_app;

-- +goose Down
SELECT 1;
