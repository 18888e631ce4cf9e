package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/uuid"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/internal/config"
	"github.com/pingdui/pingdui/internal/remote"
	"github.com/pingdui/pingdui/internal/vault"
	"github.com/pingdui/pingdui/media/evidence"
	"github.com/pingdui/pingdui/media/export"
)

type sessionCommand struct {
	Verify  sessionVerify  `cmd:"" help:"Check recordings and name what is damaged; needs no database and no secret."`
	Export  sessionExport  `cmd:"" help:"Make playable files: a WebM for each source, what happened as JSON lines, a manifest."`
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

type sessionExport struct {
	Files  []string `arg:"" name:"file" type:"existingfile" help:"All segments of one session."`
	Out    string   `required:"" placeholder:"DIR" help:"The folder for the files; made when it is not there."`
	Key    string   `type:"existingfile" placeholder:"FILE" help:"A file with the session's data key as 64 hexadecimal digits; the installation's database is asked when left out."`
	Config string   `help:"A YAML file with settings (docs/operation.md)." placeholder:"FILE"`
	Data   string   `help:"The folder for everything that is kept." placeholder:"DIR"`
	JSON   bool     `name:"json" help:"Print the manifest."`
}

// Run exports a session. It does not check it: that is what verify is for.
func (c sessionExport) Run(s *session) error {
	files, closeAll, err := openRecordings(c.Files)
	if err != nil {
		return err
	}
	defer closeAll()
	id, err := evidence.SessionOf(files[0])
	if err != nil {
		return err
	}
	key, err := c.key(s, id)
	if err != nil {
		return err
	}
	reader, err := evidence.Open(files, key)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(c.Out, 0o700); err != nil {
		return fmt.Errorf("the folder for the export can't be made: %w", err)
	}
	m, err := export.Export(reader, c.Out)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%w: name an empty folder with --out", err)
	}
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.out, m)
	}
	if _, err := fmt.Fprintf(s.out, "session %s, %.1f s, in %s\n", m.Session, float64(m.LengthMS)/1000, c.Out); err != nil {
		return err
	}
	for _, f := range m.Files {
		name := f.Name
		if name == "" {
			name = "(" + f.Person + " " + f.Source + ": 没有可播放的内容 / nothing that can be shown)"
		}
		if _, err := fmt.Fprintf(s.out, "  %s: %d frames, %d packets lost, %d gaps\n", name, f.Frames, f.Lost, len(f.Gaps)); err != nil {
			return err
		}
	}
	for _, p := range m.Parts {
		if p.Damaged > 0 {
			_, _ = fmt.Fprintf(s.err, "pingdui: segment %d has %d bytes that can't be read: see `pingdui session verify`\n", p.Segment, p.Damaged)
		}
	}
	return nil
}

func (c sessionExport) key(s *session, id uuid.UUID) (key []byte, err error) {
	if c.Key != "" {
		raw, err := os.ReadFile(c.Key)
		if err != nil {
			return nil, fmt.Errorf("read the key: %w", err)
		}
		if key, err = hex.DecodeString(strings.TrimSpace(string(raw))); err != nil || len(key) != evidence.KeySize {
			return nil, fmt.Errorf("%s is no data key: it has 64 hexadecimal digits", c.Key)
		}
		return key, nil
	}
	err = withArchive(s, c.Config, c.Data, func(ctx context.Context, a remote.Archive, settings config.Config) error {
		if settings.MasterKey == "" {
			if _, err := os.Stat(filepath.Join(settings.Data, "master.key")); err != nil {
				return fmt.Errorf("there is no master key in %s: name the installation's data folder with --data DIR", settings.Data)
			}
		}
		master, err := vault.LoadMaster(settings.MasterKey, settings.Data)
		if err != nil {
			return err
		}
		if key, err = a.Key(ctx, id, master); errors.Is(err, assistant.ErrNotFound) {
			return fmt.Errorf("session %s has no key here: it was recorded by another installation, or its key was destroyed", id)
		}
		return err
	})
	return key, err
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
