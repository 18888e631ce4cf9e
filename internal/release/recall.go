package release

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// FlowVersion is one version of a flow's file in any release, and whether it
// was recalled.
type FlowVersion struct {
	Path, Hash string
	First      string // the release it first stood in
	Current    bool   // it is what customers get
	Recalled   bool
	Reason     string
	ChangedBy  string
	ChangedAt  *time.Time
}

// ErrUnknownFlow says that no release has a flow with this hash.
var ErrUnknownFlow = errors.New("no release has a flow of this version")

// FlowVersions lists every version of every flow, by file, newest first.
func (s *Service) FlowVersions(ctx context.Context) ([]FlowVersion, error) {
	rows, err := s.Pool.Query(ctx, s.sql.Text("FlowVersions"))
	if err != nil {
		return nil, fmt.Errorf("list the versions of flows: %w", err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowToStructByName[FlowVersion])
	if err != nil {
		return nil, fmt.Errorf("list the versions of flows: %w", err)
	}
	return out, nil
}

// FlowFile is the file of one version of a flow.
type FlowFile struct {
	Path, Hash string
	Bytes      []byte
}

// FlowFiles are the files of every version of every flow that was ever
// published: what runs keeps to the version it began with, also on a node that
// has started since.
func (s *Service) FlowFiles(ctx context.Context) ([]FlowFile, error) {
	rows, err := s.Pool.Query(ctx, s.sql.Text("FlowFiles"))
	if err != nil {
		return nil, fmt.Errorf("read the versions of flows: %w", err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowToStructByName[FlowFile])
	if err != nil {
		return nil, fmt.Errorf("read the versions of flows: %w", err)
	}
	return out, nil
}

// Recalled are the hashes of the versions that were taken back, sorted.
func (s *Service) Recalled(ctx context.Context) ([]string, error) {
	rows, err := s.Pool.Query(ctx, s.sql.Text("Recalled"))
	if err != nil {
		return nil, fmt.Errorf("list recalled flows: %w", err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("list recalled flows: %w", err)
	}
	return out, nil
}

// Recall takes a version of a flow back to a person, or lets it run again; every
// node follows through its watch.
func (s *Service) Recall(ctx context.Context, who, hash string, recalled bool, reason string) error {
	action := "flow.allowed"
	if recalled {
		action = "flow.recalled"
	}
	err := s.change(ctx, who, action, hash, map[string]string{"reason": reason}, func(tx pgx.Tx) (int64, error) {
		tag, err := tx.Exec(ctx, s.sql.Text("SetRecall"), hash, recalled, reason, who, s.Clock())
		if err != nil {
			return 0, err
		}
		if tag.RowsAffected() == 0 {
			return 0, ErrUnknownFlow
		}
		tag, err = tx.Exec(ctx, s.sql.Text("TurnDuty"))
		return tag.RowsAffected(), err
	})
	if err == nil {
		s.tell()
	}
	return err
}
