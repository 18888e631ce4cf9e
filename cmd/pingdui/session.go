package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/google/uuid"

	"github.com/pingdui/pingdui/internal/config"
	"github.com/pingdui/pingdui/internal/remote"
	"github.com/pingdui/pingdui/media/evidence"
)

type sessionCommand struct {
	Verify  sessionVerify  `cmd:"" help:"Check recordings and name what is damaged; needs no database and no secret."`
	Anchors sessionAnchors `cmd:"" help:"Print the anchors of a session, one a line, for verify --anchors."`
}

type sessionVerify struct {
	Files   []string `arg:"" name:"file" type:"existingfile" help:"The files of one or more sessions, each with all its segments."`
	Anchors string   `type:"existingfile" placeholder:"FILE" help:"An export of anchors: without it a missing end is seen, but not how much is missing."`
	Keys    string   `type:"existingfile" placeholder:"FILE" help:"The published public keys; keys.json beside the first file when left out."`
	JSON    bool     `name:"json" help:"Print one JSON object."`
}

// Run checks the files: 0 when all is as it was written, 1 when something is not.
func (c sessionVerify) Run(s *session) error {
	keysPath := c.Keys
	if keysPath == "" {
		keysPath = filepath.Join(filepath.Dir(c.Files[0]), "keys.json")
	}
	keys, err := readFile(keysPath, evidence.ReadKeys)
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("the signatures can't be checked without the installation's public keys: name the published list with --keys FILE (there is no %s)", keysPath)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", keysPath, err)
	}
	var anchors []evidence.Anchor
	if c.Anchors != "" {
		if anchors, err = readFile(c.Anchors, evidence.ReadAnchors); err != nil {
			return fmt.Errorf("%s: %w", c.Anchors, err)
		}
	}
	files, closeAll, err := openRecordings(c.Files)
	if err != nil {
		return err
	}
	defer closeAll()
	report, err := evidence.Verify(files, keys, anchors)
	if err != nil {
		return err
	}
	if err := c.print(s, report); err != nil {
		return err
	}
	if !report.OK() {
		return fmt.Errorf("%d places are not as they were written / %d 处与原始记录不符", len(report.Findings), len(report.Findings))
	}
	return nil
}

func (c sessionVerify) print(s *session, report evidence.Report) error {
	if c.JSON {
		return printJSON(s.out, struct {
			OK bool `json:"ok"`
			evidence.Report
		}{report.OK(), report})
	}
	for _, f := range report.Files {
		state := f.State
		if state == "" {
			state = "no seal"
		}
		if _, err := fmt.Fprintf(s.out, "%s\n  session %s, segment %d, %s to %s, %d seals, %s\n", f.File, f.Session, f.Segment,
			f.Started.Format("2006-01-02 15:04:05.0"), f.Ended.Format("15:04:05.0 MST"), f.Seals, state); err != nil {
			return err
		}
	}
	for _, f := range report.Findings {
		if _, err := fmt.Fprintf(s.out, "✗ %s: %s\n", f.File, f); err != nil {
			return err
		}
	}
	if !report.OK() {
		return nil
	}
	words := "✓ 与原始记录一致 / all is as it was written"
	if !report.Anchored {
		words += "\n  没有比对锚点：加上 --anchors 才能发现用本行密钥重做的文件和缺失的末段 / not compared with anchors: only --anchors finds files made anew with the installation's own key and a missing last segment"
	}
	_, err := fmt.Fprintln(s.out, words)
	return err
}

// readFile opens a file for one of the package's readers.
func readFile[T any](path string, read func(io.Reader) (T, error)) (T, error) {
	file, err := os.Open(path) //nolint:gosec // the operator names it
	if err != nil {
		var none T
		return none, err
	}
	defer func() { _ = file.Close() }() // it was only read
	return read(file)
}

func openRecordings(names []string) ([]evidence.File, func(), error) {
	var open []*os.File
	closeAll := func() {
		for _, f := range open {
			_ = f.Close() // only read
		}
	}
	var out []evidence.File
	for _, name := range names {
		file, err := os.Open(name) //nolint:gosec // the operator names it
		if err != nil {
			closeAll()
			return nil, nil, fmt.Errorf("open a recording: %w", err)
		}
		open = append(open, file)
		info, err := file.Stat()
		if err != nil {
			closeAll()
			return nil, nil, fmt.Errorf("open a recording: %w", err)
		}
		if info.IsDir() {
			closeAll()
			return nil, nil, fmt.Errorf("%s is a folder: name the .pdev files in it", name)
		}
		out = append(out, evidence.File{Name: name, R: file, Size: info.Size()})
	}
	return out, closeAll, nil
}

type sessionAnchors struct {
	Session string `arg:"" help:"The session's id, as in the names of its files."`
	Config  string `help:"A YAML file with settings (docs/operation.md)." placeholder:"FILE"`
	Data    string `help:"The folder for everything that is kept." placeholder:"DIR"`
}

// Run prints what the database knows of a session's seals.
func (c sessionAnchors) Run(s *session) error {
	id, err := uuid.Parse(c.Session)
	if err != nil {
		return fmt.Errorf("%q is no session id: it is the first 36 characters of a recording's file name", c.Session)
	}
	return withArchive(s, c.Config, c.Data, func(ctx context.Context, a remote.Archive, _ config.Config) error {
		anchors, err := a.Anchors(ctx, id)
		if err != nil {
			return err
		}
		if len(anchors) == 0 {
			return fmt.Errorf("session %s was not recorded by this installation", id)
		}
		return evidence.WriteAnchors(s.out, anchors)
	})
}

// withArchive opens the database of an installation, running or not.
func withArchive(s *session, file, data string, f func(context.Context, remote.Archive, config.Config) error) (err error) {
	settings, err := config.Load(file, s.environ)
	if err != nil {
		return err
	}
	if data != "" {
		settings.Data = data
	}
	if _, err := os.Stat(settings.Data); err != nil && settings.DatabaseURL == "" {
		return fmt.Errorf("there is no data folder %s: name the installation's with --data DIR or --config FILE", settings.Data)
	}
	db, err := openDatabase(s.ctx, settings, func(string) {})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.close()) }()
	return f(s.ctx, remote.NewArchive(db.pool), settings)
}
