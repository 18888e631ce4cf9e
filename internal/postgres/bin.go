package postgres

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
)

// ErrNoServer is returned by FindServer when no usable PostgreSQL is installed.
var ErrNoServer = errors.New("no PostgreSQL with pgvector was found: run `make postgres`, install postgresql-17 and postgresql-17-pgvector, or name a bin folder in PINGDUI_POSTGRES_BIN")

// Server is an installed PostgreSQL that has pgvector.
type Server struct {
	Bin  string   // folder with postgres and initdb
	Libs []string // folders for LD_LIBRARY_PATH; empty for a system server
}

// FindServer looks for a server with pgvector: in the configured folder, in the
// private tree that `make postgres` builds, in Debian's folders, in PATH.
func FindServer(configured string) (Server, error) {
	var candidates []string
	if configured != "" {
		candidates = append(candidates, configured)
	} else {
		if tree, err := PrivateTree(); err == nil {
			found, _ := filepath.Glob(filepath.Join(tree, "usr/lib/postgresql/*/bin"))
			candidates = append(candidates, found...)
		}
		debian, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
		sort.Sort(sort.Reverse(sort.StringSlice(debian)))
		candidates = append(candidates, debian...)
		if path, err := exec.LookPath("postgres"); err == nil {
			if real, err := filepath.EvalSymlinks(path); err == nil {
				candidates = append(candidates, filepath.Dir(real))
			}
		}
	}
	for _, bin := range candidates {
		if s, ok := inspect(bin); ok {
			return s, nil
		}
	}
	if configured != "" {
		return Server{}, fmt.Errorf("the PostgreSQL in %s has no pgvector (vector.control is not in its share folder): install pgvector 0.8 or newer there, or unset PINGDUI_POSTGRES_BIN", configured)
	}
	return Server{}, ErrNoServer
}

// PrivateTree is where `make postgres` puts its PostgreSQL.
func PrivateTree() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find the cache folder: %w", err)
	}
	return filepath.Join(cache, "pingdui", "postgres"), nil
}

// inspect accepts a bin folder whose installation has pgvector. The share
// folder is found relative to bin, as PostgreSQL itself does.
func inspect(bin string) (Server, bool) {
	if _, err := os.Stat(filepath.Join(bin, "postgres")); err != nil {
		return Server{}, false
	}
	version := filepath.Base(filepath.Dir(bin))
	for _, share := range []string{
		filepath.Join(bin, "../../../../share/postgresql", version),
		filepath.Join(bin, "../share/postgresql"),
		filepath.Join(bin, "../share"),
	} {
		if _, err := os.Stat(filepath.Join(share, "extension/vector.control")); err != nil {
			continue
		}
		s := Server{Bin: bin}
		if root, _, ok := strings.Cut(bin, "/usr/lib/postgresql/"); ok && root != "" {
			multiarch, _ := filepath.Glob(filepath.Join(root, "usr/lib/*-linux-gnu"))
			early, _ := filepath.Glob(filepath.Join(root, "lib/*-linux-gnu"))
			s.Libs = append(multiarch, early...)
		}
		return s, true
	}
	return Server{}, false
}
