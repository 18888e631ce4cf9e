package main

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/internal/auth"
	"github.com/pingdui/pingdui/internal/capture"
	"github.com/pingdui/pingdui/internal/demo"
	"github.com/pingdui/pingdui/internal/httpapi"
	"github.com/pingdui/pingdui/internal/httpapi/captures"
	"github.com/pingdui/pingdui/internal/wire"
)

// openCaptures is where pictures of customers are kept and read.
func (r *rooms) openCaptures(p *program) {
	c := capture.Config{Pool: r.db.pool, Engine: r.engine, Audit: r.audit, Clock: time.Now, Logger: r.log}
	if reader, err := capture.FindTesseract(); err != nil {
		r.log.Warn("pictures are not read", "cause", err)
	} else {
		c.Reader = reader
	}
	r.captures = capture.New(c)
	p.run(r.captures.Run)
}

// registerCaptures adds the routes of pictures.
func registerCaptures(a *httpapi.API, r *rooms) {
	captures.Register(a, captures.Config{Room: r.captures, Serves: r.serves})
	httpapi.Route(a, []auth.Role{auth.Customer, auth.Anonymous}, huma.Operation{
		OperationID: "demoCapture", Method: http.MethodGet, Path: "/api/v1/demo/captures/{conversation}",
		Summary: "What stands on the sample paper a stranger may photograph for a request (demo only)",
	}, r.samplePaper)
}

// serves says whether a member of staff serves a conversation now: as its agent, or
// with a check list of it in hand.
func (r *rooms) serves(ctx context.Context, staff string, conversation uuid.UUID) (bool, error) {
	standing, err := r.engine.Hub().Now(ctx, conversation)
	if err != nil {
		return false, err
	}
	if standing.Speaker == "agent" && standing.Agent == staff {
		return true, nil
	}
	review := r.remote.Review(ctx, conversation, staff)
	return review != nil && review.State == "taken" && review.Mine, nil
}

func (r *rooms) samplePaper(ctx context.Context, in *struct {
	Conversation string `path:"conversation" format:"uuid"`
	Ref          string `query:"ref" required:"true" maxLength:"120"`
},
) (*out[wire.SamplePaper], error) {
	if !r.config.Demo {
		return nil, errNoDemo
	}
	conversation, err := uuid.Parse(in.Conversation)
	if err != nil {
		return nil, assistant.ErrNotFound
	}
	q, err := r.engine.RequestOf(ctx, auth.From(ctx).Subject, conversation, in.Ref)
	if errors.Is(err, assistant.ErrNotFound) {
		return nil, httpapi.Refuse(http.StatusConflict, "closed", capture.ErrClosed.Error())
	}
	if err != nil {
		return nil, err
	}
	standing, err := r.engine.Hub().Now(ctx, conversation)
	if err != nil {
		return nil, err
	}
	return &out[wire.SamplePaper]{wire.SamplePaper{Lines: demo.Paper(q, standing, time.Now().In(r.zone))}}, nil
}
