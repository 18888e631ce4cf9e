package replay

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/pingdui/pingdui/docs"
	"github.com/pingdui/pingdui/media/evidence"
)

// Found is a finding on the recording's own timeline.
type Found struct {
	evidence.Finding
	// FromMS and ToMS bound the time that is meant, from the recording's beginning;
	// -1 where it can't be told.
	FromMS, ToMS int64
}

// Report is the checker's word on the session of an opening.
type Report struct {
	evidence.Report
	Found []Found
	At    time.Time
	Seals int // that are good
}

// Verify checks the sealed files of an opening's session against keys and anchors
// from the database.
func (r *Room) Verify(ctx context.Context, who, id string) (Report, error) {
	o, err := r.take(id, func(o *Opening) bool { return o.Who == who })
	if err != nil {
		return Report{}, err
	}
	defer r.leave(o)
	report, _, err := r.verify(ctx, o)
	if err != nil {
		return Report{}, err
	}
	return report, r.config.Audit.Write(ctx, who, "evidence.verify", object(o.Session.ID), map[string]any{"ok": report.OK(), "findings": len(report.Findings)})
}

// proof is what a check is made against.
type proof struct {
	anchors []evidence.Anchor
	keys    evidence.Keys
}

func (r *Room) verify(ctx context.Context, o *Opening) (Report, proof, error) {
	var p proof
	var err error
	if p.anchors, err = r.config.Archive.Anchors(ctx, o.Session.ID); err != nil {
		return Report{}, p, err
	}
	if p.keys, err = r.config.Archive.PublicKeys(ctx); err != nil {
		return Report{}, p, err
	}
	files, closeAll, err := r.files(o.Session)
	if err != nil {
		return Report{}, p, err
	}
	defer closeAll()
	report := Report{At: r.config.Clock()}
	if report.Report, err = evidence.Verify(files, p.keys, p.anchors); err != nil {
		return Report{}, p, err
	}
	begun := begins(p.anchors)
	zero := o.Manifest.Started
	for _, f := range report.Files {
		report.Seals += f.Seals
	}
	for _, f := range report.Findings {
		one := Found{Finding: f, FromMS: -1, ToMS: -1}
		if start, ok := begun[f.Segment]; ok && f.Second >= 0 {
			at := func(second float64) int64 {
				return start.Add(time.Duration(second * float64(time.Second))).Sub(zero).Milliseconds()
			}
			one.FromMS = max(0, at(f.Second))
			one.ToMS = max(one.FromMS, at(max(f.Until, f.Second)))
		}
		report.Found = append(report.Found, one)
	}
	return report, p, nil
}

// begins is when each segment began, as anchored.
func begins(anchors []evidence.Anchor) map[uint32]time.Time {
	out := map[uint32]time.Time{}
	for _, a := range anchors {
		if a.Counter == 0 {
			out[a.Segment] = a.At
		}
	}
	return out
}

// Pack writes everything an outsider needs to look at a session and to check it
// without us, as a ZIP. It is noted before the first byte leaves.
func (r *Room) Pack(ctx context.Context, id, secret string, out func(name string) io.Writer) error {
	o, err := r.take(id, func(o *Opening) bool { return o.knows(secret) })
	if err != nil {
		return err
	}
	defer r.leave(o)
	report, proof, err := r.verify(ctx, o)
	if err != nil {
		return err
	}
	if err := r.config.Audit.Write(ctx, o.Who, "evidence.pack", object(o.Session.ID), map[string]any{"why": o.Reason}); err != nil {
		return err
	}
	return r.write(o, report, proof, out("evidence-"+o.Session.ID.String()+".zip"))
}

func (r *Room) write(o *Opening, report Report, proof proof, out io.Writer) error {
	p := pack{zip: zip.NewWriter(out), at: report.At, sums: map[string]string{}}
	for _, name := range o.Session.Files {
		if err := p.file("sealed/"+name, filepath.Join(r.config.Recordings, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(o.copy.names)) {
		if err := p.file("playable/"+name, filepath.Join(o.copy.folder, name)); err != nil {
			return err
		}
	}
	var anchors bytes.Buffer
	if err := evidence.WriteAnchors(&anchors, proof.anchors); err != nil {
		return err
	}
	for _, one := range []struct {
		name string
		body any
	}{
		{"sealed/keys.json", proof.keys},
		{"sealed/anchors.jsonl", anchors.Bytes()},
		{"check.json", struct {
			OK bool `json:"ok"`
			evidence.Report
		}{report.OK(), report.Report}},
		{"FORMAT.md", []byte(docs.EvidenceFormat)},
		{"README.md", []byte(readme(o, report))},
	} {
		raw, ok := one.body.([]byte)
		if !ok {
			var err error
			if raw, err = json.MarshalIndent(one.body, "", "  "); err != nil {
				return err
			}
		}
		if err := p.bytes(one.name, raw); err != nil {
			return err
		}
	}
	var sums strings.Builder
	for _, name := range slices.Sorted(maps.Keys(p.sums)) {
		fmt.Fprintf(&sums, "%s  %s\n", p.sums[name], name)
	}
	if err := p.bytes("SHA256SUMS", []byte(sums.String())); err != nil {
		return err
	}
	return p.zip.Close()
}

// pack is a ZIP being written, with the sums of what is in it.
type pack struct {
	zip  *zip.Writer
	at   time.Time
	sums map[string]string
}

func (p *pack) bytes(name string, raw []byte) error { return p.add(name, bytes.NewReader(raw)) }

func (p *pack) file(name, path string) error {
	file, err := os.Open(path) //nolint:gosec // names of the table and of our own export
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // only read
	return p.add(name, file)
}

func (p *pack) add(name string, from io.Reader) error {
	method := zip.Store // sealed and coded bytes don't get smaller
	if strings.HasSuffix(name, ".md") || strings.HasSuffix(name, ".jsonl") || strings.HasSuffix(name, ".json") {
		method = zip.Deflate
	}
	entry, err := p.zip.CreateHeader(&zip.FileHeader{Name: name, Method: method, Modified: p.at.UTC()})
	if err != nil {
		return err
	}
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(entry, sum), from); err != nil {
		return err
	}
	p.sums[name] = hex.EncodeToString(sum.Sum(nil))
	return nil
}
