package evidence

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"path"
	"time"

	"github.com/google/uuid"

	"github.com/pingdui/pingdui/internal/auth"
	"github.com/pingdui/pingdui/internal/httpapi"
	"github.com/pingdui/pingdui/internal/replay"
	"github.com/pingdui/pingdui/media/export"
)

// Opening is one person's look at a recording.
type Opening struct {
	ID        string          `json:"id"`
	Recording Recording       `json:"recording"`
	Viewer    StaffMember     `json:"viewer"`
	Reason    string          `json:"reason"`
	OpenedAt  time.Time       `json:"opened_at"`
	ExpiresAt time.Time       `json:"expires_at"`
	LengthMS  int64           `json:"length_ms" doc:"of the recording as its anchors tell it: what can't be played counts"`
	Parts     []RecordedPart  `json:"parts" nullable:"false"`
	Files     []RecordedTrack `json:"files" nullable:"false"`
	// Events is the name of the file with everything that isn't sound or picture;
	// empty when nothing can be played.
	Events  string `json:"events"`
	Problem string `json:"problem,omitempty" doc:"why nothing can be played, for people"`
}

// RecordedPart is a segment of the recording.
type RecordedPart struct {
	Segment int    `json:"segment"`
	FromMS  int64  `json:"from_ms"`
	ToMS    int64  `json:"to_ms"`
	End     string `json:"end" enum:"closed,crashed,running"`
	Damaged bool   `json:"damaged" doc:"it goes on behind to_ms, but can't be read"`
}

// RecordedTrack is one source: a file that can be played, or none.
type RecordedTrack struct {
	File    string         `json:"file" doc:"empty: there was nothing that could be shown"`
	Person  string         `json:"person"`
	Source  string         `json:"source"`
	Codec   string         `json:"codec" enum:"opus,vp8"`
	FirstMS int64          `json:"first_ms"`
	LastMS  int64          `json:"last_ms"`
	Lost    int            `json:"lost"`
	Gaps    []RecordedSpan `json:"gaps" nullable:"false" doc:"without sound, or with a picture that stands still"`
}

// RecordedSpan is a time of the recording.
type RecordedSpan struct {
	FromMS int64 `json:"from_ms"`
	ToMS   int64 `json:"to_ms"`
}

// Checked is the checker's word.
type Checked struct {
	OK       bool      `json:"ok"`
	At       time.Time `json:"at"`
	Seals    int       `json:"seals"`
	Files    int       `json:"files"`
	Findings []Finding `json:"findings" nullable:"false"`
}

// Finding is one thing that is wrong.
type Finding struct {
	Fault   string `json:"fault"`
	Text    string `json:"text" doc:"Chinese"`
	TextEN  string `json:"text_en"`
	File    string `json:"file,omitempty"`
	Segment int    `json:"segment"`
	Block   int64  `json:"block"`
	Blocks  int64  `json:"blocks"`
	FromMS  int64  `json:"from_ms" doc:"of the recording; -1 where it can't be told"`
	ToMS    int64  `json:"to_ms"`
	Offset  int64  `json:"offset" doc:"in the file, in bytes; -1 without one"`
}

type (
	opens struct {
		Session string `path:"session" format:"uuid"`
		Body    struct {
			Reason string `json:"reason" maxLength:"1200" doc:"4 to 300 characters, no customer data"`
		}
	}
	opened struct {
		SetCookie http.Cookie `header:"Set-Cookie"`
		Body      Opening
	}
	named struct {
		Opening string `path:"opening" format:"uuid"`
	}
)

var errRole = httpapi.Refuse(http.StatusForbidden, "forbidden", "只有主管和管理员可以打开录制；需要查看请找值班主管。这次申请已记入审计 / only supervisors and administrators open recordings: ask the supervisor on duty; this was noted")

func (s *api) open(ctx context.Context, in *opens) (*opened, error) {
	who := auth.From(ctx)
	session, err := uuid.Parse(in.Session)
	if err != nil {
		return nil, refused(err)
	}
	if !who.Has(lookers()...) {
		if err := s.Room.Refused(ctx, who.Subject, session, "role"); err != nil {
			return nil, refused(err)
		}
		return nil, errRole
	}
	o, secret, err := s.Room.Open(ctx, who.Subject, session, in.Body.Reason)
	if err != nil {
		return nil, refused(err)
	}
	return &opened{Body: s.opening(ctx, o), SetCookie: http.Cookie{
		Name: cookie, Value: secret, Path: prefix + "/openings/" + o.ID + "/", Expires: o.Expires,
		HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteStrictMode,
	}}, nil
}

// cookie holds an opening's secret; its path is the opening's own.
const cookie = "pingdui_evidence"

func (s *api) opening(ctx context.Context, o replay.Opening) Opening {
	_, viewer := s.People(ctx, "", auth.From(ctx).Staff())
	out := Opening{
		ID: o.ID, Recording: s.recording(ctx, o.Session), Viewer: viewer, Reason: o.Reason, OpenedAt: o.Opened, ExpiresAt: o.Expires,
		LengthMS: o.LengthMS, Parts: []RecordedPart{}, Files: []RecordedTrack{}, Events: o.Manifest.Events, Problem: o.Problem,
	}
	for _, p := range o.Manifest.Parts {
		out.Parts = append(out.Parts, RecordedPart{int(p.Segment), p.FromMS, p.ToMS, p.End, p.Damaged > 0})
	}
	for _, f := range o.Manifest.Files {
		out.Files = append(out.Files, RecordedTrack{f.Name, f.Person, f.Source, f.Codec, f.FirstMS, f.LastMS, f.Lost, spans(f.Gaps)})
	}
	return out
}

func spans(gaps []export.Gap) []RecordedSpan {
	out := make([]RecordedSpan, 0, len(gaps))
	for _, g := range gaps {
		out = append(out, RecordedSpan(g))
	}
	return out
}

func (s *api) look(ctx context.Context, in *named) (*body[Opening], error) {
	o, err := s.Room.Look(auth.From(ctx).Subject, in.Opening)
	if err != nil {
		return nil, refused(err)
	}
	return &body[Opening]{s.opening(ctx, o)}, nil
}

func (s *api) close(ctx context.Context, in *named) (*struct{}, error) {
	s.Room.Close(auth.From(ctx).Subject, in.Opening)
	return &struct{}{}, nil
}

func (s *api) check(ctx context.Context, in *named) (*body[Checked], error) {
	report, err := s.Room.Verify(ctx, auth.From(ctx).Subject, in.Opening)
	if err != nil {
		return nil, refused(err)
	}
	out := Checked{OK: report.OK(), At: report.At, Seals: report.Seals, Files: len(report.Files), Findings: []Finding{}}
	for _, f := range report.Found {
		zh, en := f.Fault.Words()
		out.Findings = append(out.Findings, Finding{
			Fault: string(f.Fault), Text: zh, TextEN: en, File: f.File, Segment: int(f.Segment), Block: int64(f.From), Blocks: int64(f.To - f.From + 1), //nolint:gosec // counters of seconds
			FromMS: f.FromMS, ToMS: f.ToMS, Offset: f.Offset,
		})
	}
	return &body[Checked]{out}, nil
}

// file serves a playable file, with ranges.
func (s *api) file(w http.ResponseWriter, r *http.Request) {
	shut(w)
	name := r.PathValue("name")
	file, err := s.Room.File(r.PathValue("opening"), secret(r), name)
	if err != nil {
		write(w, err)
		return
	}
	defer func() { _ = file.Close() }() // only read
	kind := mime.TypeByExtension(path.Ext(name))
	switch path.Ext(name) {
	case ".webm":
		kind = "video/webm"
	case ".jsonl":
		kind = "application/x-ndjson; charset=utf-8"
	}
	w.Header().Set("Content-Type", kind)
	http.ServeContent(w, r, "", file.Changed, file)
}

// pack serves everything as one ZIP.
func (s *api) pack(w http.ResponseWriter, r *http.Request) {
	shut(w)
	begun := false
	err := s.Room.Pack(r.Context(), r.PathValue("opening"), secret(r), func(name string) io.Writer {
		begun = true
		w.Header().Set("Content-Type", "application/zip")
		w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name))
		return w
	})
	if err != nil && begun {
		panic(http.ErrAbortHandler) // half a ZIP must not look like a whole one
	}
	if err != nil {
		write(w, err)
	}
}

// shut keeps what is given out of caches and other pages.
func shut(w http.ResponseWriter) {
	w.Header().Set("Cache-Control", "no-store, private")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cross-Origin-Resource-Policy", "same-origin")
	w.Header().Set("Referrer-Policy", "no-referrer")
}

func secret(r *http.Request) string {
	if c, err := r.Cookie(cookie); err == nil {
		return c.Value
	}
	return ""
}

func write(w http.ResponseWriter, err error) {
	var p *httpapi.Problem
	if !errors.As(refused(err), &p) {
		p = &httpapi.Problem{Status: http.StatusInternalServerError, Code: "unavailable", Message: "暂时打不开，请稍后再试 / it can't be opened now, try again"}
	}
	p.Write(w)
}
