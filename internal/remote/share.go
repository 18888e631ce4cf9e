package remote

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/pingdui/pingdui/internal/wire"
	"github.com/pingdui/pingdui/media"
	"github.com/pingdui/pingdui/media/evidence"
)

// share opens or closes what the customer shows. Nothing is forwarded before
// this said yes.
func (x *session) share(ctx context.Context, role string, frame wire.Signal) error {
	body, err := read[shareBody](frame)
	if err != nil {
		return err
	}
	if role != roleCustomer {
		return bad("只有客户可以共享", "the agent asks by want, the customer shares")
	}
	if x.clients[roleCustomer] == "" {
		return bad("还没有连接好", "join first, then share")
	}
	switch body.Kind {
	case "none":
		return x.stop(ctx, "customer")
	case "screen":
		if reason := x.refusal(body); reason != "" {
			return x.refuse(ctx, body, reason)
		}
		if body.Paused != x.paused && x.screen {
			return x.pause(ctx, body.Paused)
		}
		return x.open(ctx, body, media.Screen)
	case "camera":
		if !body.Consent {
			return x.refuse(ctx, body, "需要您先同意共享摄像头 / the camera is shared only after you agree")
		}
		return x.open(ctx, body, media.Cam)
	}
	return bad("没有这种共享", "kind is screen, camera or none")
}

// refusal is why a surface may not be shared; empty when it may.
func (x *session) refusal(body shareBody) string {
	config := x.service.config
	// A page says its name again with a new number after a #.
	name, _, _ := strings.Cut(body.Handle, "#")
	switch {
	case !body.Consent:
		return "需要您先同意共享屏幕 / the screen is shared only after you agree"
	case body.Surface != "browser":
		return "只能共享本行网页所在的标签页，不能共享窗口或整个屏幕 / only the bank's own tab can be shared, no window and no whole screen"
	case !slices.Contains(config.Handles, name):
		return "这个标签页不是本行的网页 / this tab is not the bank's page"
	case len(config.Origins) > 0 && !slices.Contains(config.Origins, body.Origin):
		return "这个标签页不是本行的网页 / this tab is not the bank's page"
	}
	return ""
}

func (x *session) refuse(ctx context.Context, body shareBody, reason string) error {
	kind := media.Screen
	if body.Kind == "camera" {
		kind = media.Cam
	}
	if err := x.service.config.Media.Allow(x.id(), roleCustomer, kind, false); err != nil {
		return x.mediaError(err)
	}
	if kind == media.Screen {
		x.screen, x.paused = false, false
	} else {
		x.camera = false
	}
	body.Allowed, body.Reason = false, reason
	x.send("", "share", body)
	return x.show(ctx, note{"share.refused", roleCustomer, map[string]any{"kind": body.Kind, "surface": clip(body.Surface), "handle": clip(body.Handle), "origin": clip(body.Origin)}})
}

func clip(s string) string {
	runes := []rune(s)
	return string(runes[:min(len(runes), 200)])
}

func (x *session) open(ctx context.Context, body shareBody, kind media.Kind) error {
	server := x.service.config.Media
	if kind == media.Screen {
		x.screen, x.paused = true, body.Paused
	} else {
		x.camera = true
	}
	if err := x.show(ctx, note{"share.started", roleCustomer, map[string]any{"kind": body.Kind, "surface": body.Surface, "handle": clip(body.Handle), "origin": clip(body.Origin)}}); err != nil {
		return err // not on record: not shown
	}
	if err := server.Allow(x.id(), roleCustomer, kind, !body.Paused || kind != media.Screen); err != nil {
		return x.mediaError(err)
	}
	if err := server.Want(x.id(), roleCustomer, kind); err != nil {
		return x.mediaError(err)
	}
	body.Allowed = true
	x.send("", "share", body)
	return nil
}

// pause blanks the screen while a secret field has the focus.
func (x *session) pause(ctx context.Context, paused bool) error {
	if err := x.service.config.Media.Allow(x.id(), roleCustomer, media.Screen, !paused); err != nil {
		return x.mediaError(err)
	}
	x.paused = paused
	kind := "share.resumed"
	if paused {
		kind = "share.paused"
	}
	return x.show(ctx, note{kind, roleCustomer, nil})
}

func (x *session) stop(ctx context.Context, reason string) error {
	for _, kind := range []media.Kind{media.Screen, media.Cam} {
		if err := x.service.config.Media.Allow(x.id(), roleCustomer, kind, false); err != nil {
			return x.mediaError(err)
		}
	}
	if !x.screen && !x.camera {
		return nil
	}
	x.screen, x.camera, x.paused = false, false, false
	x.send("", "share", shareBody{Kind: "none", Allowed: true})
	return x.show(ctx, note{"share.stopped", roleCustomer, map[string]any{"reason": reason}})
}

// show records and tells what is shared now.
func (x *session) show(ctx context.Context, event note) error {
	sharing := "none"
	switch {
	case x.screen:
		sharing = "screen"
	case x.camera:
		sharing = "camera"
	}
	if _, err := x.service.store.exec(ctx, x.row, x.service.config.Clock(), event, "Show", x.row.ID, sharing, x.row.Present); err != nil {
		return err
	}
	x.row.Sharing = sharing
	x.keepEvent(ctx, event)
	x.tellState()
	x.service.changed(x.row)
	return nil
}

// annotation is a mark in the recording, or what moves marks.
type annotation struct {
	Mark   *markBody   `json:"mark,omitempty"`
	Unmark *unmarkBody `json:"unmark,omitempty"`
	// Viewport is where the customer's page stands from here on: marks move with it.
	Viewport *viewportBody `json:"viewport,omitempty"`
}

// mark passes what the agent draws to the customer.
func (x *session) mark(ctx context.Context, role string, frame wire.Signal) error {
	if role != roleAgent {
		return bad("只有坐席可以标注", "only the agent draws")
	}
	if frame.Kind == "unmark" {
		body, err := read[unmarkBody](frame)
		if err != nil {
			return err
		}
		if body.ID != "" && !named(body.ID) {
			return bad("标注编号不对", "id is a mark's")
		}
		x.send(roleCustomer, "unmark", body)
		x.keep(ctx, evidence.KindAnnotation, annotation{Unmark: &body})
		return nil
	}
	body, err := read[markBody](frame)
	if err != nil {
		return err
	}
	if err := body.check(); err != nil {
		return err
	}
	if (body.Source == "screen" && (!x.screen || x.paused)) || (body.Source == "cam" && !x.camera) {
		return bad("客户没有在共享", "the customer does not share that now")
	}
	if !x.marks.take(x.service.config.Clock()) {
		return bad("标注太快了", "at most 30 marks a second are taken")
	}
	x.send(roleCustomer, "mark", body)
	x.keep(ctx, evidence.KindAnnotation, annotation{Mark: &body})
	return nil
}

// viewport passes where the customer has scrolled to the agent.
func (x *session) viewport(ctx context.Context, role string, frame wire.Signal) error {
	if role != roleCustomer {
		return bad("只有客户端上报页面位置", "the customer's page reports its viewport")
	}
	body, err := read[viewportBody](frame)
	if err != nil {
		return err
	}
	if err := body.check(); err != nil {
		return err
	}
	if body.Hidden != x.hidden {
		x.hidden = body.Hidden
		x.keepEvent(ctx, note{map[bool]string{true: "page.hidden", false: "page.shown"}[body.Hidden], roleCustomer, nil})
	}
	if !x.views.take(x.service.config.Clock()) {
		return nil // the next one says more
	}
	x.send(roleAgent, "viewport", body)
	if x.screen {
		x.keep(ctx, evidence.KindAnnotation, annotation{Viewport: &body})
	}
	return nil
}

// bucket lets rate things a second pass, and as many at once.
type bucket struct {
	rate  float64
	level float64
	at    time.Time
}

func (b *bucket) take(now time.Time) bool {
	if b.at.IsZero() {
		b.level = b.rate
	} else {
		b.level = min(b.rate, b.level+now.Sub(b.at).Seconds()*b.rate)
	}
	b.at = now
	if b.level < 1 {
		return false
	}
	b.level--
	return true
}
