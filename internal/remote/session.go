package remote

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/pion/webrtc/v4"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/internal/wire"
	"github.com/pingdui/pingdui/media"
)

// The two of a session; they are also their names in the media room.
const (
	roleCustomer = "customer"
	roleAgent    = "agent"
	// roleSupervisor is a third person, while one is there.
	roleSupervisor = "supervisor"
)

// session is one open session on the node it lives on.
type session struct {
	service  *Service
	row      row // ID, Conversation, Subject, Agent, Code and Node never change
	customer string
	agent    wire.Agent

	mu      sync.Mutex
	clients map[string]string // role → the client whose connection counts
	epochs  map[string]int
	links   map[string]string
	heard   map[string]time.Time
	screen  bool
	camera  bool
	paused  bool
	hidden  bool // the customer has put the page into the background
	// consents to being recorded, by role; recording is nil while one is missing.
	consents  map[string]bool
	recording *recording
	marks     bucket
	views     bucket
}

func newSession(s *Service, r row, customer string, agent wire.Agent, now time.Time) *session {
	return &session{
		service: s, row: r, customer: customer, agent: agent,
		clients: map[string]string{}, epochs: map[string]int{}, consents: map[string]bool{},
		links: map[string]string{roleCustomer: "away", roleAgent: "away"},
		heard: map[string]time.Time{roleCustomer: now, roleAgent: now},
		marks: bucket{rate: marksASecond}, views: bucket{rate: marksASecond},
	}
}

func (x *session) id() string { return x.row.ID.String() }

func (x *session) wire() wire.Session { return toWire(x.row) }

func (x *session) send(to, kind string, body any) {
	x.service.deliver(x.row, signal(kind, body), to)
}

func (x *session) tellState() {
	w := x.wire()
	x.send("", "state", stateBody{Session: &w, Agent: &x.agent, Links: x.links, Clients: x.clients, Paused: x.paused})
}

// handle takes one frame of the customer, the agent or the supervisor, whose id is by.
func (x *session) handle(ctx context.Context, role, by string, frame wire.Signal) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if role == "" || x.row.State == "ended" || role == roleSupervisor && (x.row.Visitor == nil || x.row.Visitor.ID != by) {
		return assistant.ErrNotFound
	}
	x.heard[role] = x.service.config.Clock()
	if role == roleSupervisor {
		return x.visitorSays(ctx, frame)
	}
	if frame.Kind == "end" {
		return x.endLocked(ctx, role, role)
	}
	if frame.Kind == "state" {
		return x.word(ctx, role, frame)
	}
	if x.row.State != "live" {
		return bad("客户还没有接受", "the customer has not accepted yet")
	}
	switch frame.Kind {
	case "answer":
		return x.answer(role, frame)
	case "candidate":
		return x.candidate(role, frame)
	case "want":
		return x.want(ctx, role, frame)
	case "share":
		return x.share(ctx, role, frame)
	case "mark", "unmark":
		return x.mark(ctx, role, frame)
	case "viewport":
		return x.viewport(ctx, role, frame)
	case "record":
		return x.record(ctx, role, frame)
	case "script":
		return x.script(ctx, role, frame)
	}
	return bad("没有这种信令", "clients send answer, candidate, want, share, mark, unmark, viewport, record, script, state and end")
}

// word is accept, decline or a sign of life.
func (x *session) word(ctx context.Context, role string, frame wire.Signal) error {
	body, err := read[stateBody](frame)
	if err != nil {
		return err
	}
	switch {
	case body.Action == "here":
		x.tellTo(role)
		if len(x.consents) > 0 {
			x.send(role, "record", recordBody{Given: maps.Clone(x.consents), On: x.recording != nil})
		}
		return nil
	case role != roleCustomer:
		return bad("只有客户可以接受", "only the customer accepts or declines")
	case body.Action == "decline" && x.row.State == "offered":
		return x.endLocked(ctx, roleCustomer, "declined")
	case body.Action == "accept" && x.row.State == "offered":
		return x.accept(ctx)
	case body.Action == "accept": // said twice
		x.tellTo(role)
		return nil
	}
	return bad("没有这种操作", "action is accept, decline or here")
}

func (x *session) tellTo(role string) {
	w := x.wire()
	x.send(role, "state", stateBody{Session: &w, Agent: &x.agent, Links: x.links, Clients: x.clients, Paused: x.paused})
}

func (x *session) accept(ctx context.Context) error {
	// The agent may have handed the conversation back since.
	owns, err := x.service.store.owns(ctx, x.row.Conversation, x.row.Agent)
	if err != nil {
		return err
	}
	if !owns {
		return x.endLocked(ctx, "system", "handed_back")
	}
	now := x.service.config.Clock()
	present := []string{x.customer, x.agent.Name}
	ok, err := x.service.store.exec(ctx, x.row, now, note{"accepted", roleCustomer, nil}, "Start", x.row.ID, now, present)
	if err != nil {
		return err
	}
	if !ok {
		return assistant.ErrNotFound
	}
	if err := x.service.config.Media.Open(x.id()); err != nil {
		return err
	}
	x.row.State, x.row.Present = "live", present
	x.tellState()
	x.service.changed(x.row)
	x.service.hear()
	return nil
}

func (x *session) end(ctx context.Context, by, reason string) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.endLocked(ctx, by, reason)
}

func (x *session) endLocked(ctx context.Context, by, reason string) error {
	if x.row.State == "ended" {
		return nil
	}
	// Packets stop first, whatever the database says.
	x.service.config.Media.Shut(x.id())
	now := x.service.config.Clock()
	if _, err := x.service.store.exec(ctx, x.row, now, note{"ended", by, map[string]any{"reason": reason}}, "End", x.row.ID, now, by); err != nil {
		return err
	}
	x.keepEvent(ctx, note{"ended", by, map[string]any{"reason": reason}})
	x.stopRecording(ctx, by)
	last := x.row // tells the supervisor too
	x.row.State, x.row.Sharing, x.row.Present, x.row.Visitor = "ended", "none", nil, nil
	x.service.mu.Lock()
	delete(x.service.live, x.id())
	x.service.mu.Unlock()
	x.service.deliver(last, signal("end", endBody{By: by, Reason: reason}), "")
	x.service.changed(x.row)
	x.service.hear()
	return nil
}

// overdue says why a session should end by itself; empty when it should not.
func (x *session) overdue(now time.Time) string {
	x.mu.Lock()
	defer x.mu.Unlock()
	switch {
	case x.row.State == "offered" && now.Sub(x.heard[roleCustomer]) > x.service.config.AnswerWithin:
		return "unanswered"
	case x.row.State == "live" && now.Sub(x.heard[roleCustomer]) > x.service.config.Grace:
		return "customer_gone"
	case x.row.State == "live" && now.Sub(x.heard[roleAgent]) > x.service.config.Grace:
		return "agent_gone"
	}
	return ""
}

func (x *session) answer(role string, frame wire.Signal) error {
	body, err := read[answerBody](frame)
	if err != nil {
		return err
	}
	if body.Client != x.clients[role] {
		return nil // another tab's
	}
	return x.mediaError(x.service.config.Media.Answer(x.id(), role, body.Epoch, body.Number, body.SDP))
}

func (x *session) candidate(role string, frame wire.Signal) error {
	body, err := read[candidateBody](frame)
	if err != nil {
		return err
	}
	if body.Client != x.clients[role] || body.Candidate == "" {
		return nil
	}
	return x.mediaError(x.service.config.Media.Candidate(x.id(), role, body.Epoch, webrtc.ICECandidateInit{
		Candidate: body.Candidate, SDPMid: body.MID, SDPMLineIndex: body.Line,
	}))
}

// mediaError drops what only means that a newer connection has come.
func (x *session) mediaError(err error) error {
	if err == nil || slices.Contains([]error{media.ErrStale, media.ErrNoRoom}, err) {
		return nil
	}
	return err
}

func (x *session) want(ctx context.Context, role string, frame wire.Signal) error {
	body, err := read[wantBody](frame)
	if err != nil {
		return err
	}
	server := x.service.config.Media
	switch {
	case body.Join:
		return x.join(ctx, role, body.Client)
	case body.Restart:
		return x.mediaError(server.Restart(x.id(), role))
	case body.Ask != "":
		if role != roleAgent || (body.Ask != "screen" && body.Ask != "camera") {
			return bad("不能这样请求", "only the agent asks, for screen or camera")
		}
		x.send(roleCustomer, "want", wantBody{Ask: body.Ask})
		return nil
	}
	allowed := []media.Kind{media.Mic}
	if role == roleAgent {
		allowed = []media.Kind{media.Mic, media.Cam, media.Screen, media.Doc}
	}
	if !slices.Contains(allowed, body.Kind) {
		return bad("不能这样共享", "a customer's screen and camera are shared by the share frame, with consent")
	}
	if err := server.Allow(x.id(), role, body.Kind, body.On); err != nil {
		return x.mediaError(err)
	}
	if body.On {
		return x.mediaError(server.Want(x.id(), role, body.Kind))
	}
	return nil
}

// join gives a client its connection; the newest client of a person counts.
func (x *session) join(ctx context.Context, role, client string) error {
	if len(client) < clientMin || len(client) > clientMax || !named(client) {
		return bad("客户端编号不对", "client is a random name of 8 to 64 letters, digits, - and _")
	}
	server := x.service.config.Media
	servers, err := server.ICEServers(x.id(), role)
	if err != nil {
		return err
	}
	if role == roleCustomer {
		// What the older page shared was agreed to on that page.
		for _, kind := range []media.Kind{media.Cam, media.Screen} {
			if err := server.Allow(x.id(), role, kind, false); err != nil {
				return x.mediaError(err)
			}
		}
	}
	epoch, err := server.Join(x.id(), role)
	if err != nil {
		return x.mediaError(err)
	}
	x.clients[role], x.epochs[role], x.links[role] = client, epoch, "joining"
	x.send(role, "ice", iceBody{Client: client, Epoch: epoch, Servers: servers})
	if role == roleCustomer && (x.screen || x.camera) {
		x.screen, x.camera, x.paused = false, false, false
		return x.show(ctx, note{"share.stopped", roleCustomer, map[string]any{"reason": "reload"}})
	}
	x.tellState()
	return nil
}

// media is the media server's word.
func (x *session) media(ctx context.Context, event media.Event) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.row.State != "live" || event.Epoch != x.epochs[event.Peer] {
		return
	}
	switch event.Kind {
	case media.Offered:
		x.send(event.Peer, "offer", offerBody{
			Client: x.clients[event.Peer], Epoch: event.Epoch, Number: event.Offer.Number, SDP: event.Offer.SDP, Lines: event.Offer.Lines,
		})
		return
	case media.Connected:
		x.links[event.Peer] = "connected"
	case media.Disconnected:
		x.links[event.Peer] = "silent"
	case media.Failed:
		x.links[event.Peer] = "failed"
	case media.Left:
		x.links[event.Peer] = "away"
	default:
		return
	}
	x.keepEvent(ctx, note{"link", event.Peer, map[string]any{"link": x.links[event.Peer]}})
	x.tellState()
}
