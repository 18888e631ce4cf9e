package replay

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/internal/remote"
	"github.com/pingdui/pingdui/media/evidence"
	"github.com/pingdui/pingdui/media/export"
)

// playable is what was made of one session; several may look at it.
type playable struct {
	session  uuid.UUID
	folder   string
	manifest export.Manifest
	problem  string
	length   int64
	bytes    int64
	names    map[string]bool
	holders  int
}

// playable gives the files that are there already, or makes them. making is held.
func (r *Room) playable(ctx context.Context, who string, rec remote.Recorded) (*playable, error) {
	r.mu.Lock()
	r.yield(who)
	there, total := r.copies[rec.ID], int64(0)
	for _, c := range r.copies {
		total += c.bytes
	}
	full := len(r.openings) >= r.config.MaxOpen
	r.mu.Unlock()
	switch {
	case full:
		return nil, ErrBusy
	case there != nil:
		return there, nil
	case total+rec.Bytes > r.config.MaxBytes:
		return nil, ErrFull
	}
	key, err := r.config.Archive.Key(ctx, rec.ID, r.config.Keys)
	if errors.Is(err, assistant.ErrNotFound) {
		return nil, ErrDestroyed
	}
	if err != nil {
		return nil, err
	}
	files, closeAll, err := r.files(rec)
	if err != nil {
		return nil, err
	}
	defer closeAll()
	c := &playable{session: rec.ID, folder: filepath.Join(r.own, rec.ID.String()), names: map[string]bool{}}
	if err := os.RemoveAll(c.folder); err != nil { // of a try that failed
		return nil, err
	}
	if err := os.Mkdir(c.folder, 0o700); err != nil {
		return nil, fmt.Errorf("the folder for playing can't be written: see that this user may, and that the disk has room (%w)", err)
	}
	if c.manifest, err = exported(files, key, c.folder); err != nil {
		// The check still names what is wrong with it, and a pack can be made.
		r.config.Logger.Error("a recording can't be played: check it with `pingdui session verify`", "session", rec.ID, "error", err)
		c.problem = "录制文件损坏，做不出可播放的文件；请用“核验”看损坏在哪里 / the recording is damaged and can't be played: the check names where"
		c.manifest = export.Manifest{Session: rec.ID, Started: rec.StartedAt, Parts: []export.Part{}, Files: []export.File{}}
	} else {
		c.names[c.manifest.Events], c.names["manifest.json"] = true, true
	}
	for _, f := range c.manifest.Files {
		if f.Name != "" {
			c.names[f.Name] = true
		}
	}
	for name := range c.names {
		if info, err := os.Stat(filepath.Join(c.folder, name)); err == nil {
			c.bytes += info.Size()
		}
	}
	anchors, err := r.config.Archive.Anchors(ctx, rec.ID)
	if err != nil {
		return nil, err
	}
	c.length = max(c.manifest.LengthMS, lastOf(anchors).Sub(c.manifest.Started).Milliseconds())
	r.mu.Lock()
	r.copies[rec.ID] = c
	r.mu.Unlock()
	return c, nil
}

// yield lets a person's oldest opening give way to a new one.
func (r *Room) yield(who string) {
	var oldest *Opening
	n := 0
	for _, o := range r.openings {
		if o.Who != who {
			continue
		}
		n++
		if o.busy == 0 && (oldest == nil || o.Opened.Before(oldest.Opened)) {
			oldest = o
		}
	}
	if n >= r.config.MaxEach && oldest != nil {
		r.drop(oldest)
	}
}

// exported plays what can be played: a segment whose beginning is no evidence any
// more is left out, and the check names it.
func exported(files []evidence.File, key []byte, folder string) (export.Manifest, error) {
	var good []evidence.File
	var problem error
	for _, f := range files {
		if _, err := evidence.Open([]evidence.File{f}, key); err != nil {
			problem = err
			continue
		}
		good = append(good, f)
	}
	if len(good) == 0 {
		return export.Manifest{}, problem
	}
	reader, err := evidence.Open(good, key)
	if err != nil {
		return export.Manifest{}, err
	}
	return export.Export(reader, folder)
}

func lastOf(anchors []evidence.Anchor) time.Time {
	var last time.Time
	for _, a := range anchors {
		if a.At.After(last) && a.State != evidence.Crashed { // recovery comes later
			last = a.At
		}
	}
	return last
}
