// Package captures is the API of pictures: customers send the one that a flow asks
// for, and whoever of the staff serves the conversation looks at them.
package captures

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/internal/auth"
	"github.com/pingdui/pingdui/internal/capture"
	"github.com/pingdui/pingdui/internal/httpapi"
)

// Config plugs the API into the rooms.
type Config struct {
	Room *capture.Room
	// Serves says whether a member of staff serves a conversation now, as its agent
	// or with a check list of it.
	Serves func(ctx context.Context, staff string, conversation uuid.UUID) (bool, error)
}

// Kept is what became of a picture that was sent.
type Kept struct {
	ID string `json:"id"`
}

// Picture is a picture or film of a conversation.
type Picture struct {
	ID     string      `json:"id"`
	Title  string      `json:"title"`
	Kind   string      `json:"kind" enum:"photo,document,video"`
	Type   string      `json:"type"`
	Width  int         `json:"width" doc:"pixels; 0 of a film"`
	Height int         `json:"height"`
	Size   int         `json:"size" doc:"bytes"`
	At     time.Time   `json:"at"`
	Read   bool        `json:"read" doc:"whether it was read already"`
	Fields []FieldRead `json:"fields" nullable:"false"`
}

// FieldRead is one thing that was read, or was to be read, off a picture.
type FieldRead struct {
	Name  string `json:"name"`
	Value string `json:"value,omitempty" doc:"as it was read; nothing where it was not found"`
	Sure  bool   `json:"sure"`
}

// PictureList is what a conversation has, the newest first.
type PictureList struct {
	Captures []Picture `json:"captures" nullable:"false"`
}

type body[T any] struct{ Body T }

type api struct{ Config }

const tag = "captures"

// Register puts the routes on the API.
func Register(a *httpapi.API, c Config) {
	s := &api{c}
	httpapi.Route(a, []auth.Role{auth.Customer, auth.Anonymous}, huma.Operation{
		OperationID: "sendCapture", Method: http.MethodPost, Path: "/api/v1/conversations/{conversation}/captures", Tags: []string{tag},
		Summary: "The picture or film a flow asks for, as it is (image/jpeg, image/png, image/webp, video/webm, video/mp4)", MaxBodyBytes: capture.MaxFilm + 1,
		BodyReadTimeout: uploadWithin,
	}, s.keep)
	staff := []auth.Role{auth.Agent, auth.Supervisor}
	httpapi.Route(a, staff, huma.Operation{
		OperationID: "listCaptures", Method: http.MethodGet, Path: "/api/v1/desk/conversations/{conversation}/captures", Tags: []string{tag},
		Summary: "The pictures of a conversation that one serves, with what was read off them",
	}, s.list)
	httpapi.Route(a, staff, huma.Operation{
		OperationID: "openCapture", Method: http.MethodGet, Path: "/api/v1/desk/conversations/{conversation}/captures/{capture}", Tags: []string{tag},
		Summary: "One picture of a conversation that one serves",
	}, s.open)
}

// uploadWithin is how long a picture may take over a slow line.
const uploadWithin = 2 * time.Minute

type sends struct {
	Conversation string `path:"conversation" format:"uuid"`
	Ref          string `query:"ref" required:"true" maxLength:"120" doc:"of the card that asks for it"`
	RawBody      []byte
}

func (s *api) keep(ctx context.Context, in *sends) (*body[Kept], error) {
	conversation, err := uuid.Parse(in.Conversation)
	if err != nil {
		return nil, errNone
	}
	id, err := s.Room.Keep(ctx, auth.From(ctx).Subject, conversation, in.Ref, in.RawBody)
	if err != nil {
		return nil, refused(err)
	}
	return &body[Kept]{Kept{id.String()}}, nil
}

type of struct {
	Conversation string `path:"conversation" format:"uuid"`
}

// served is the conversation of a request when who asks serves it.
func (s *api) served(ctx context.Context, text string) (uuid.UUID, error) {
	id, err := uuid.Parse(text)
	if err != nil {
		return uuid.Nil, errNone
	}
	ok, err := s.Serves(ctx, auth.From(ctx).Staff(), id)
	if err != nil && !errors.Is(err, assistant.ErrNotFound) {
		return uuid.Nil, refused(err)
	}
	if !ok {
		return uuid.Nil, errNotServed
	}
	return id, nil
}

func (s *api) list(ctx context.Context, in *of) (*body[PictureList], error) {
	id, err := s.served(ctx, in.Conversation)
	if err != nil {
		return nil, err
	}
	found, err := s.Room.Of(ctx, auth.From(ctx).Subject, id)
	if err != nil {
		return nil, refused(err)
	}
	out := PictureList{Captures: make([]Picture, 0, len(found))}
	for _, c := range found {
		p := Picture{ID: c.ID.String(), Title: c.Title, Kind: c.Kind, Type: c.Type, Width: c.Width, Height: c.Height, Size: c.Size, At: c.At, Read: c.Read, Fields: []FieldRead{}}
		for _, name := range slices.Sorted(maps.Keys(c.Fields)) {
			p.Fields = append(p.Fields, FieldRead{name, c.Fields[name].Value, c.Fields[name].Sure})
		}
		out.Captures = append(out.Captures, p)
	}
	return &body[PictureList]{out}, nil
}

type opens struct {
	Conversation string `path:"conversation" format:"uuid"`
	Capture      string `path:"capture" format:"uuid"`
}

type opened struct {
	ContentType  string `header:"Content-Type"`
	CacheControl string `header:"Cache-Control"`
	Disposition  string `header:"Content-Disposition"`
	NoSniff      string `header:"X-Content-Type-Options"`
	Body         []byte
}

func (s *api) open(ctx context.Context, in *opens) (*opened, error) {
	conversation, err := s.served(ctx, in.Conversation)
	if err != nil {
		return nil, err
	}
	id, err := uuid.Parse(in.Capture)
	if err != nil {
		return nil, errNone
	}
	kind, plain, err := s.Room.Picture(ctx, auth.From(ctx).Subject, conversation, id)
	if err != nil {
		return nil, refused(err)
	}
	return &opened{ContentType: kind, CacheControl: "no-store", Disposition: "inline", NoSniff: "nosniff", Body: plain}, nil
}

var (
	errNone      = httpapi.Refuse(http.StatusNotFound, "not_found", "没有这张照片 / there is no such picture")
	errNotServed = httpapi.Refuse(http.StatusForbidden, "forbidden", "只有正在服务这位客户的同事可以看；请先接待或领取核实 / only who serves this customer now may look: take the conversation or its check first")
)

// refused turns a room's error into an answer with a sentence and a next step.
func refused(err error) error {
	for _, known := range []struct {
		err    error
		status int
		code   string
	}{
		{capture.ErrClosed, http.StatusConflict, "closed"},
		{capture.ErrTaken, http.StatusConflict, "taken"},
		{capture.ErrPicture, http.StatusUnsupportedMediaType, "bad_input"},
		{capture.ErrFilm, http.StatusUnsupportedMediaType, "bad_input"},
		{capture.ErrSmall, http.StatusUnprocessableEntity, "bad_input"},
		{capture.ErrLarge, http.StatusRequestEntityTooLarge, "too_large"},
	} {
		if errors.Is(err, known.err) {
			return httpapi.Refuse(known.status, known.code, known.err.Error())
		}
	}
	if errors.Is(err, assistant.ErrNotFound) {
		return errNone
	}
	return err
}
