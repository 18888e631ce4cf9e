package release

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Version is a release that changed a file.
type Version struct {
	ID          string
	Number      int64
	Status      Status
	Title       string
	Author      string
	Approver    string
	CreatedAt   time.Time
	PublishedAt *time.Time
	Hash        string // of the file; empty when the release took it away
}

// Versions lists the releases in which a file changed, newest first.
func (s *Service) Versions(ctx context.Context, path string, most int) ([]Version, error) {
	rows, err := s.Pool.Query(ctx, s.sql.Text("FileVersions"), pgx.NamedArgs{"path": path, "most": most})
	if err != nil {
		return nil, fmt.Errorf("list the versions of %s: %w", path, err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowToStructByName[Version])
	if err != nil {
		return nil, fmt.Errorf("list the versions of %s: %w", path, err)
	}
	return out, nil
}
