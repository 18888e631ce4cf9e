package capture

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/assistant/dialogue"
	"github.com/pingdui/pingdui/internal/postgres"
	"github.com/pingdui/pingdui/internal/postgres/capturedb"
	"github.com/pingdui/pingdui/internal/postgres/sqlfile"
)

// Limits of what is taken.
const (
	// MaxPicture and MaxFilm bound what is sent, in bytes.
	MaxPicture = 12 << 20
	MaxFilm    = 24 << 20
	pixelsMax  = 40_000_000
	sideMin    = 200 // pixels: less shows nothing of a document
)

const (
	lookEvery  = time.Second
	leaseFor   = time.Minute
	tellWithin = 10 * time.Second
	triesMax   = 5
	// wordsMin is how many words a readable document has at least.
	wordsMin = 2
)

// Why a picture is not taken; what they say is for whoever sent it.
var (
	// ErrClosed says that no flow of the conversation waits for this picture.
	ErrClosed = errors.New("这一步已经过去了，看一下对话里最新的一条 / this step is over: see the newest message")
	// ErrTaken says that another picture was sent for the same request.
	ErrTaken = errors.New("这一张已经收到了，要换一张请先点重拍 / a picture is here already: tap Retake first")
	// ErrPicture says that what was sent is no picture that can be shown.
	ErrPicture = errors.New("这个文件打不开，请换成照片（JPG、PNG 或 WebP）/ this can't be opened: send a JPG, PNG or WebP")
	// ErrFilm says that what was sent is no film.
	ErrFilm = errors.New("这里要一段视频（WebM 或 MP4）/ a film is wanted here: WebM or MP4")
	// ErrLarge says that there is too much of it.
	ErrLarge = errors.New("照片太大了，请换一张 12 MB 以内的（视频 24 MB）/ too large: up to 12 MB, a film 24 MB")
	// ErrSmall says that nothing can be seen on it.
	ErrSmall = errors.New("照片太小，看不清，请离近一点再拍 / too small to be read: go closer and take it again")
)

// Engine is the conversations' door.
type Engine interface {
	Ask(ctx context.Context, subject string, conversation uuid.UUID, in assistant.Input) (assistant.Receipt, error)
	// RequestOf is the open request of a conversation with this reference;
	// assistant.ErrNotFound when there is none.
	RequestOf(ctx context.Context, subject string, conversation uuid.UUID, ref string) (assistant.Request, error)
	TakeRequest(ctx context.Context, id int64) (bool, error)
	// Seal and Unseal use the subject's own data key.
	Seal(ctx context.Context, subject string, plain []byte, about string) ([]byte, error)
	Unseal(ctx context.Context, subject string, sealed []byte, about string) ([]byte, error)
}

// Auditor writes down who looked at what.
type Auditor interface {
	Write(ctx context.Context, actor, action, object string, detail any) error
}

// Config plugs the room into the others.
type Config struct {
	Pool   *pgxpool.Pool
	Engine Engine
	// Reader reads words off a picture; nil reads none, and every field is asked for.
	Reader Reader
	Audit  Auditor
	Clock  func() time.Time
	Logger *slog.Logger
}

// Room takes, keeps, reads and shows pictures.
type Room struct {
	config  Config
	queries sqlfile.Queries
	come    chan struct{}
}

// Capture is a picture or film that was taken.
type Capture struct {
	ID            uuid.UUID
	Flow, Title   string // what it was for; the title is masked
	Kind          string // photo, document or video
	Type          string // media type
	Width, Height int    // pixels; 0 of a film
	Size          int    // bytes
	At            time.Time
	// Read says that it was read; Fields are what was found, by name.
	Read   bool
	Fields map[string]dialogue.Field
}

// New makes a room; Run reads what comes in.
func New(c Config) *Room {
	return &Room{config: c, queries: capturedb.Queries(), come: make(chan struct{}, 1)}
}

func (r *Room) tx(ctx context.Context, f func(pgx.Tx) error) error {
	return postgres.InTx(ctx, r.config.Pool, postgres.AsEngine(), f)
}

// Keep takes what a customer sent for a request of their conversation. The errors
// above are the sender's; any other is ours.
func (r *Room) Keep(ctx context.Context, subject string, conversation uuid.UUID, ref string, sent []byte) (uuid.UUID, error) {
	digest := sha256.Sum256(sent)
	if id, known, err := r.known(ctx, conversation, ref, digest[:]); err != nil || known {
		return id, err
	}
	q, err := r.config.Engine.RequestOf(ctx, subject, conversation, ref)
	if errors.Is(err, assistant.ErrNotFound) {
		return uuid.Nil, ErrClosed
	}
	if err != nil {
		return uuid.Nil, err
	}
	var p picture
	if q.Medium == "video" {
		p, err = film(sent)
	} else {
		p, err = clean(sent)
	}
	if err != nil {
		return uuid.Nil, err
	}
	id := uuid.Must(uuid.NewV7())
	sealed, err := r.config.Engine.Seal(ctx, subject, p.bytes, about(id, "picture"))
	if err != nil {
		return uuid.Nil, err
	}
	fields := q.Fields
	if fields == nil {
		fields = []string{}
	}
	kept := false
	err = r.tx(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, r.queries.Text("Keep"), id, conversation, subject, ref, q.Flow, q.Title, q.Medium, p.kind, p.width, p.height, len(p.bytes), digest[:], sealed, fields, r.config.Clock())
		kept = tag.RowsAffected() == 1
		return err
	})
	if err != nil {
		return uuid.Nil, fmt.Errorf("keep a picture: %w", err)
	}
	if !kept { // two at once
		id, _, err := r.known(ctx, conversation, ref, digest[:])
		return id, err
	}
	select {
	case r.come <- struct{}{}:
	default:
	}
	return id, nil
}

// known is the picture that was sent for a request before.
func (r *Room) known(ctx context.Context, conversation uuid.UUID, ref string, digest []byte) (uuid.UUID, bool, error) {
	var id uuid.UUID
	var was []byte
	err := r.tx(ctx, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, r.queries.Text("OfRef"), conversation, ref).Scan(&id, &was)
	})
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return uuid.Nil, false, nil
	case err != nil:
		return uuid.Nil, false, fmt.Errorf("look for a picture: %w", err)
	case !bytes.Equal(was, digest):
		return uuid.Nil, false, ErrTaken
	}
	return id, true, nil
}

func about(id uuid.UUID, part string) string { return "capture:" + id.String() + ":" + part }

// Run reads what comes in until ctx ends.
func (r *Room) Run(ctx context.Context) error {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		for more := true; more && ctx.Err() == nil; {
			var err error
			if more, err = r.readOne(ctx); err != nil && ctx.Err() == nil {
				r.config.Logger.Warn("a picture could not be read; it is tried again", "error", err)
				more = false
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-r.come:
		case <-ticker.C:
		}
	}
}

type leased struct {
	ID           uuid.UUID
	Conversation uuid.UUID
	Subject      string
	Ref          string
	Type         string
	Picture      []byte
	Fields       []string
	Reading      []byte
	Tries        int
}

// reading is what was read, as it is kept.
type reading struct {
	Fields map[string]dialogue.Field `json:"fields"`
	// Blank says that there was next to nothing to read where something should stand.
	Blank bool `json:"blank,omitempty"`
}

// readOne reads the oldest picture that waits and tells its conversation; false
// when none does.
func (r *Room) readOne(ctx context.Context) (bool, error) {
	now := r.config.Clock()
	var p leased
	err := r.tx(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, r.queries.Text("Lease"), now, now.Add(leaseFor))
		if err != nil {
			return err
		}
		p, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[leased])
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for pictures: %w", err)
	}
	got, err := r.read(ctx, p)
	if err != nil {
		return false, fmt.Errorf("picture %s: %w", p.ID, err)
	}
	if err := r.tell(ctx, p, got); err != nil {
		return false, fmt.Errorf("tell of picture %s: %w", p.ID, err)
	}
	return true, nil
}

// read gives what stands on a picture, from the record where it was read before.
func (r *Room) read(ctx context.Context, p leased) (reading, error) {
	out := reading{Fields: map[string]dialogue.Field{}}
	if p.Reading != nil {
		raw, err := r.config.Engine.Unseal(ctx, p.Subject, p.Reading, about(p.ID, "reading"))
		if err != nil {
			return out, err
		}
		return out, json.Unmarshal(raw, &out)
	}
	for _, name := range p.Fields {
		out.Fields[name] = dialogue.Field{}
	}
	if r.config.Reader != nil && len(p.Fields) > 0 && p.Type == "image/jpeg" {
		plain, err := r.config.Engine.Unseal(ctx, p.Subject, p.Picture, about(p.ID, "picture"))
		if err != nil {
			return out, err
		}
		lines, err := r.config.Reader.Read(ctx, plain)
		switch {
		case err != nil && p.Tries < triesMax:
			return out, err
		case err != nil: // it can't be read here: the customer is asked
			r.config.Logger.Error("a picture can't be read; its customer is asked instead", "picture", p.ID, "error", err)
		case words(lines) < wordsMin:
			out.Blank = true
		default:
			out.Fields = find(p.Fields, lines)
		}
	}
	raw, err := json.Marshal(out)
	if err != nil {
		return out, err
	}
	sealed, err := r.config.Engine.Seal(ctx, p.Subject, raw, about(p.ID, "reading"))
	if err != nil {
		return out, err
	}
	return out, r.tx(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, r.queries.Text("Read"), p.ID, sealed, r.config.Clock())
		return err
	})
}

// tell gives what was read to the conversation; the input's id makes a repeat
// harmless, and a step that is over takes no notice.
func (r *Room) tell(ctx context.Context, p leased, got reading) error {
	limited, cancel := context.WithTimeout(ctx, tellWithin)
	defer cancel()
	event := assistant.SessionEvent{Session: p.ID.String(), State: "ended", Ref: p.Ref, Fields: got.Fields}
	if got.Blank {
		event.State, event.Fields = "failed", nil
		event.Reason = dialogue.ReasonBlank
	}
	q, err := r.config.Engine.RequestOf(limited, p.Subject, p.Conversation, p.Ref)
	switch {
	case errors.Is(err, assistant.ErrNotFound): // taken back since
	case err != nil:
		return err
	default:
		in := assistant.Input{ID: "capture:" + p.ID.String(), Body: event}
		if _, err := r.config.Engine.Ask(limited, p.Subject, p.Conversation, in); err != nil {
			return err
		}
		if _, err := r.config.Engine.TakeRequest(limited, q.ID); err != nil {
			return err
		}
	}
	return r.tx(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, r.queries.Text("Told"), p.ID, r.config.Clock())
		return err
	})
}

// Of lists the pictures of a conversation, the newest first, for a member of staff
// (s:…) who serves it. What was read is shown as it was read.
func (r *Room) Of(ctx context.Context, staff string, conversation uuid.UUID) ([]Capture, error) {
	type row struct {
		ID                        uuid.UUID
		Subject, Ref, Flow, Title string
		Kind, Type                string
		Width, Height, Size       int
		Reading                   []byte
		At                        time.Time
		ReadAt                    *time.Time
	}
	var found []row
	err := r.tx(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, r.queries.Text("Of"), conversation)
		if err != nil {
			return err
		}
		found, err = pgx.CollectRows(rows, pgx.RowToStructByName[row])
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list pictures: %w", err)
	}
	if len(found) == 0 {
		return nil, nil
	}
	if err := r.config.Audit.Write(ctx, staff, "capture.list", "conversation:"+conversation.String(), map[string]any{"pictures": len(found)}); err != nil {
		return nil, err
	}
	out := make([]Capture, 0, len(found))
	for _, f := range found {
		c := Capture{ID: f.ID, Flow: f.Flow, Title: f.Title, Kind: f.Kind, Type: f.Type, Width: f.Width, Height: f.Height, Size: f.Size, At: f.At, Read: f.ReadAt != nil}
		if f.Reading != nil {
			raw, err := r.config.Engine.Unseal(ctx, f.Subject, f.Reading, about(f.ID, "reading"))
			if err != nil {
				return nil, err
			}
			var got reading
			if err := json.Unmarshal(raw, &got); err != nil {
				return nil, fmt.Errorf("what was read off picture %s: %w", f.ID, err)
			}
			c.Fields = got.Fields
		}
		out = append(out, c)
	}
	return out, nil
}

// Picture gives a picture to a member of staff and notes that; assistant.ErrNotFound
// when the conversation has none of that id.
func (r *Room) Picture(ctx context.Context, staff string, conversation, id uuid.UUID) (kind string, plain []byte, err error) {
	var subject string
	var sealed []byte
	err = r.tx(ctx, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, r.queries.Text("Picture"), conversation, id).Scan(&subject, &kind, &sealed)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil, assistant.ErrNotFound
	}
	if err != nil {
		return "", nil, fmt.Errorf("open a picture: %w", err)
	}
	if err := r.config.Audit.Write(ctx, staff, "capture.open", "capture:"+id.String(), map[string]any{"conversation": conversation}); err != nil {
		return "", nil, err
	}
	plain, err = r.config.Engine.Unseal(ctx, subject, sealed, about(id, "picture"))
	return kind, plain, err
}
