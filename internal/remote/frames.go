package remote

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"regexp"

	"github.com/pingdui/pingdui/assistant"
	"github.com/pingdui/pingdui/internal/wire"
	"github.com/pingdui/pingdui/media"
)

// The bodies of signals, one shape a kind. Coordinates of marks are fractions of
// the shared surface, 0..1 from its upper left corner.
type (
	// offerBody: server → client.
	offerBody struct {
		Client string       `json:"client"`
		Epoch  int          `json:"epoch"`
		Number int          `json:"n"`
		SDP    string       `json:"sdp"`
		Lines  []media.Line `json:"lines"`
	}
	// answerBody: client → server.
	answerBody struct {
		Client string `json:"client"`
		Epoch  int    `json:"epoch"`
		Number int    `json:"n"`
		SDP    string `json:"sdp"`
	}
	// candidateBody: client → server; the server's own stand in its offers.
	candidateBody struct {
		Client    string  `json:"client"`
		Epoch     int     `json:"epoch"`
		Candidate string  `json:"candidate"`
		MID       *string `json:"mid,omitempty"`
		Line      *uint16 `json:"line,omitempty"`
	}
	// iceBody: server → client, before the first offer of a connection.
	iceBody struct {
		Client  string            `json:"client"`
		Epoch   int               `json:"epoch"`
		Servers []media.ICEServer `json:"servers"`
	}
	// wantBody: client → server, exactly one of the wishes; ask is passed on to
	// the customer.
	wantBody struct {
		Client  string     `json:"client,omitempty"`
		Join    bool       `json:"join,omitempty"`
		Restart bool       `json:"restart,omitempty"`
		Kind    media.Kind `json:"kind,omitempty"`
		On      bool       `json:"on,omitempty"`
		Ask     string     `json:"ask,omitempty"` // screen or camera: the agent asks the customer to share
	}
	// shareBody: customer → server what is to be shared, server → both what came of it.
	shareBody struct {
		Kind    string `json:"kind"` // screen, camera or none
		Consent bool   `json:"consent,omitempty"`
		Surface string `json:"surface,omitempty"` // displaySurface of the track
		Handle  string `json:"handle,omitempty"`  // capture handle of the shared tab
		Origin  string `json:"origin,omitempty"`  // of the shared tab
		Paused  bool   `json:"paused,omitempty"`  // a secret field has the focus
		Allowed bool   `json:"allowed"`
		Reason  string `json:"reason,omitempty"` // why not, for people
	}
	// stateBody: customer → server {"action"}, server → both the session.
	stateBody struct {
		Action  string            `json:"action,omitempty"` // accept or decline
		Session *wire.Session     `json:"session,omitempty"`
		Agent   *wire.Agent       `json:"agent,omitempty"`
		Links   map[string]string `json:"links,omitempty"`   // customer, agent → away, joining, connected, silent, failed
		Clients map[string]string `json:"clients,omitempty"` // customer, agent → the client whose connection counts
		Paused  bool              `json:"paused,omitempty"`
	}
	// endBody: server → both.
	endBody struct {
		By     string `json:"by"` // customer, agent, system
		Reason string `json:"reason"`
	}
	// markBody: agent → customer.
	markBody struct {
		ID     string  `json:"id"`
		Shape  string  `json:"shape"`  // pointer, box, stroke or tap
		Source string  `json:"source"` // screen or cam
		Points []point `json:"points"`
		Color  string  `json:"color,omitempty"` // #rrggbb
		// View is the number of the viewport report the agent saw when drawing.
		View int `json:"view"`
	}
	point struct {
		X float64 `json:"x"`
		Y float64 `json:"y"`
	}
	// unmarkBody: agent → customer; without id, all.
	unmarkBody struct {
		ID string `json:"id,omitempty"`
	}
	// viewportBody: customer → agent, in CSS pixels.
	viewportBody struct {
		N      int     `json:"n"` // counts up
		X      float64 `json:"x"` // scroll position
		Y      float64 `json:"y"`
		W      float64 `json:"w"` // of the visible part
		H      float64 `json:"h"`
		PageW  float64 `json:"page_w"`
		PageH  float64 `json:"page_h"`
		DPR    float64 `json:"dpr"`
		Hidden bool    `json:"hidden,omitempty"` // the customer has put the page into the background
	}
)

const (
	bodyMax      = 64 << 10 // an SDP with every candidate is far below
	markBodyMax  = 16 << 10
	pointsMax    = 256
	pixelsMax    = 10_000_000
	clientMin    = 8
	clientMax    = 64
	marksASecond = 30
)

func named(s string) bool { return regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`).MatchString(s) }

// bad is a frame that is refused; the sentence is shown to who sent it.
func bad(zh, en string) error {
	return fmt.Errorf("%w: %s / %s", assistant.ErrBadInput, zh, en)
}

// read decodes a body strictly: an unknown field is a mistake of the client.
func read[T any](s wire.Signal) (T, error) {
	var body T
	limit := bodyMax
	if s.Kind == "mark" {
		limit = markBodyMax
	}
	if len(s.Body) > limit {
		return body, bad("内容过长", fmt.Sprintf("the %s is larger than %d bytes", s.Kind, limit))
	}
	decoder := json.NewDecoder(bytes.NewReader([]byte(s.Body)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&body); err != nil {
		return body, bad("内容格式不对", fmt.Sprintf("the body of %s can't be read: %v", s.Kind, err))
	}
	if _, err := decoder.Token(); err != io.EOF {
		return body, bad("内容格式不对", "something follows the body of "+s.Kind)
	}
	return body, nil
}

func signal(kind string, body any) wire.Signal {
	raw, err := json.Marshal(body)
	if err != nil {
		panic("remote: a " + kind + " can't be written: " + err.Error()) // a defect: plain fields
	}
	return wire.Signal{Kind: kind, Body: string(raw)}
}

func (m *markBody) check() error {
	if !named(m.ID) {
		return bad("标注编号不对", "a mark needs an id of up to 64 letters, digits, - and _")
	}
	low, high := 1, 1
	switch m.Shape {
	case "pointer", "tap":
	case "box":
		low, high = 2, 2
	case "stroke":
		high = pointsMax
	default:
		return bad("没有这种标注", "a mark is a pointer, box, stroke or tap")
	}
	if m.Source != "screen" && m.Source != "cam" {
		return bad("标注对象不对", "a mark stands on screen or cam")
	}
	if len(m.Points) < low || len(m.Points) > high {
		return bad("标注点数不对", fmt.Sprintf("a %s has %d to %d points", m.Shape, low, high))
	}
	for _, p := range m.Points {
		if !(p.X >= 0 && p.X <= 1 && p.Y >= 0 && p.Y <= 1) { // also refuses NaN
			return bad("标注超出画面", "points are fractions from 0 to 1")
		}
	}
	if m.Color != "" && !regexp.MustCompile(`^#[0-9a-f]{6}$`).MatchString(m.Color) {
		return bad("颜色不对", "a colour is #rrggbb")
	}
	if m.View < 0 {
		return bad("标注编号不对", "view counts up from 0")
	}
	return nil
}

func (v *viewportBody) check() error {
	for _, n := range []float64{v.W, v.H, v.PageW, v.PageH} {
		if !(n >= 0 && n <= pixelsMax) { // also refuses NaN
			return bad("页面尺寸不对", "sizes are CSS pixels")
		}
	}
	for _, n := range []float64{v.X, v.Y} {
		if !(n >= -pixelsMax && n <= pixelsMax) { // also refuses NaN; overscroll is negative
			return bad("滚动位置不对", "scroll positions are CSS pixels")
		}
	}
	if !(v.DPR > 0 && v.DPR <= 16) || v.N < 0 { // also refuses NaN
		return bad("页面比例不对", "dpr is between 0 and 16, n counts up from 0")
	}
	return nil
}
