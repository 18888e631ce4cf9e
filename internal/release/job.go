package release

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"
)

// maxAttempts is after how many tries a job that fails for no fault of the
// files is given up, with its error in the report.
const maxAttempts = 3

// Run works off jobs (compile, gate) until ctx ends. Every node runs it; a
// job's lease keeps it on one of them.
func (s *Service) Run(ctx context.Context) error {
	tick := time.NewTicker(2 * time.Second)
	defer tick.Stop()
	for {
		for s.work(ctx) {
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.kick:
		case <-tick.C:
		}
	}
}

// work takes one job and says whether there may be more.
func (s *Service) work(ctx context.Context) bool {
	var id string
	var attempts int
	err := s.Pool.QueryRow(ctx, s.sql.Text("ClaimJob"), s.Node, s.Lease.Seconds()).Scan(&id, &attempts)
	if errors.Is(err, pgx.ErrNoRows) {
		return false
	}
	if err != nil {
		if ctx.Err() == nil {
			s.Log.Warn("release jobs can't be read; it is tried again", "error", err)
		}
		return false
	}
	job, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	beat := make(chan struct{})
	go func() { defer close(beat); s.hold(job, cancel, id) }()
	report, err := s.examine(job, id)
	cancel(nil)
	<-beat
	last, done := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer done()
	if err != nil && (ctx.Err() != nil || attempts < maxAttempts) {
		s.Log.Warn("a release job failed; it is tried again", "release", id, "attempt", attempts, "error", err)
		if _, err := s.Pool.Exec(last, s.sql.Text("FreeJob"), id, s.Node); err != nil {
			s.Log.Warn("the job is free again when its lease ends", "release", id, "error", err)
		}
		return false
	}
	if err != nil {
		report = Report{Checks: []Check{{Name: "job", Failed: 1, Problems: []string{err.Error()}}}}
	}
	s.end(last, id, report)
	return true
}

// hold keeps the lease while the job runs, and stops the job when it is lost.
func (s *Service) hold(ctx context.Context, cancel context.CancelCauseFunc, id string) {
	tick := time.NewTicker(s.Lease / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			tag, err := s.Pool.Exec(ctx, s.sql.Text("HoldJob"), id, s.Node, s.Lease.Seconds())
			if err == nil && tag.RowsAffected() == 0 {
				cancel(errors.New("the job was taken away: refused, or another node has it"))
				return
			}
		}
	}
}

func (s *Service) end(ctx context.Context, id string, report Report) {
	status := Draft
	if report.Green {
		status = Review
	}
	raw, err := json.Marshal(report)
	if err == nil {
		_, err = s.Pool.Exec(ctx, s.sql.Text("EndJob"), id, s.Node, status, raw)
	}
	if err != nil {
		s.Log.Warn("a gate report was not kept; the gate runs again", "release", id, "error", err)
	}
}

// examine compiles a candidate and runs the gate.
func (s *Service) examine(ctx context.Context, id string) (Report, error) {
	started := time.Now()
	files, err := s.Files(ctx, id)
	if err != nil {
		return Report{}, err
	}
	progress := s.progress(ctx, id)
	var bad *ContentError
	err = s.compile(ctx, id, files, progress)
	compiling := time.Since(started).Seconds()
	if errors.As(err, &bad) {
		return Report{Checks: []Check{{Name: "compile", Failed: max(1, len(bad.Problems)), Problems: bad.Problems, Seconds: compiling}}, Seconds: compiling}, nil
	}
	if err != nil {
		return Report{}, err
	}
	report := Report{Green: true}
	if s.Gate != nil {
		artefacts, err := s.Artefacts(ctx, id)
		if err != nil {
			return Report{}, err
		}
		if report, err = s.Gate.Check(ctx, id, files, artefacts, progress); err != nil {
			return Report{}, fmt.Errorf("run the gate: %w", err)
		}
	}
	report.Checks = append([]Check{{Name: "compile", Passed: 1, Problems: []string{}, Seconds: compiling}}, report.Checks...)
	report.Seconds = time.Since(started).Seconds()
	return report, nil
}

// progress writes how far a job is, at most four times a second.
func (s *Service) progress(ctx context.Context, id string) Progress {
	last, lastStep := time.Time{}, ""
	return func(step string, done, total int) {
		if now := time.Now(); step != lastStep || now.Sub(last) > 250*time.Millisecond {
			last, lastStep = now, step
			if _, err := s.Pool.Exec(ctx, s.sql.Text("Progress"), id, s.Node, step, done, total); err != nil && ctx.Err() == nil {
				s.Log.Warn("progress was not written", "release", id, "error", err)
			}
		}
	}
}

func (s *Service) compile(ctx context.Context, id string, files fs.FS, progress Progress) error {
	made, err := s.Compiler.Compile(ctx, id, files, progress)
	if err != nil {
		return fmt.Errorf("compile %s: %w", id, err)
	}
	if len(made) == 0 {
		return fmt.Errorf("compile %s: the compiler made nothing", id)
	}
	batch := &pgx.Batch{}
	for _, a := range made {
		h := Hash(a.Bytes)
		batch.Queue(s.sql.Text("AddBlob"), h, a.Bytes)
		batch.Queue(s.sql.Text("AddArtefact"), id, a.Kind, s.Compiler.Maker(), h, len(a.Bytes))
	}
	if err := s.Pool.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("keep the artefacts of %s: %w", id, err)
	}
	return nil
}

func (s *Service) ensureCompiled(ctx context.Context, id string) error {
	err := s.compiled(ctx, s.Pool, id)
	if !errors.Is(err, ErrUncompiled) {
		return err
	}
	files, err := s.Files(ctx, id)
	if err != nil {
		return err
	}
	return s.compile(ctx, id, files, func(string, int, int) {})
}

// Recheck runs the gate of a candidate that was red once more.
func (s *Service) Recheck(ctx context.Context, who, id string) error {
	err := s.change(ctx, who, "release.rechecked", id, nil, func(tx pgx.Tx) (int64, error) {
		tag, err := tx.Exec(ctx, s.sql.Text("Recheck"), id)
		return tag.RowsAffected(), err
	})
	s.wake()
	return err
}
