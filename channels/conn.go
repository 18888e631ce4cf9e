package channels

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"
)

// Close codes. 4000 to 4099: mend and come again; 4100 and above: reconnect and resume.
const (
	CloseBadFrame     = 4000 // the frame could not be read; the reason names it
	CloseUnauthorized = 4001 // the ticket is not good; get another
	CloseNoHello      = 4002 // no hello within the deadline
	CloseVersion      = 4003 // a protocol version that is not spoken here
	CloseSlow         = 4100 // too much waits: reconnect and resume
	CloseStopping     = 4101 // this node stops: reconnect and resume
)

// Deadlines of a socket.
const (
	HelloDeadline = 5 * time.Second
	WriteDeadline = 10 * time.Second
	// ReadDeadline closes a socket without a ping; clients ping every 15 s.
	ReadDeadline = 60 * time.Second
)

// Conn is one socket as every channel keeps it: frames are read within limits,
// written from a byte-bounded queue whose goroutine lives only while there is
// something to write, and closed with a code that says what to do next.
type Conn struct {
	conn    *websocket.Conn
	mu      sync.Mutex
	queue   [][]byte
	queued  int
	writing bool
	closed  bool
}

// NewConn wraps an upgraded connection.
func NewConn(conn *websocket.Conn) *Conn {
	conn.SetReadLimit(MaxFrame)
	return &Conn{conn: conn}
}

// OriginAllowed accepts the server's own pages, listed origins, and programs
// that send no origin at all (they need a ticket like everybody).
func OriginAllowed(r *http.Request, listed []string) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	if err != nil {
		return false
	}
	return u.Host == r.Host || slices.Contains(listed, origin)
}

// Read reads one frame within a deadline into a value; false when the socket has
// ended. A frame that can't be read closes it.
func (c *Conn) Read(deadline time.Duration, frame any) bool {
	_ = c.conn.SetReadDeadline(time.Now().Add(deadline))
	kind, raw, err := c.conn.ReadMessage()
	if err != nil {
		var closed *websocket.CloseError
		if !errors.As(err, &closed) && errors.Is(err, websocket.ErrReadLimit) {
			c.Close(websocket.CloseMessageTooBig, "a frame may have 64 kB at most")
		}
		return false
	}
	if kind != websocket.TextMessage || !utf8.Valid(raw) {
		c.Close(CloseBadFrame, "frames are JSON text in UTF-8")
		return false
	}
	if err := json.Unmarshal(raw, frame); err != nil {
		c.Close(CloseBadFrame, "the frame is not the JSON of docs/protocol.md")
		return false
	}
	return true
}

// Send queues a frame and starts the writer if it rests. A client that lets
// MaxQueued bytes wait is closed. It fails only for a value that is no JSON.
func (c *Conn) Send(frame any) error {
	raw, err := json.Marshal(frame)
	if err != nil {
		return err
	}
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return nil
	}
	if c.queued+len(raw) > MaxQueued {
		c.mu.Unlock()
		c.Close(CloseSlow, "too much waits: reconnect and resume")
		return nil
	}
	c.queue = append(c.queue, raw)
	c.queued += len(raw)
	if !c.writing {
		c.writing = true
		go c.write()
	}
	c.mu.Unlock()
	return nil
}

func (c *Conn) write() {
	for {
		c.mu.Lock()
		if len(c.queue) == 0 || c.closed {
			c.writing = false
			c.queue = nil
			c.mu.Unlock()
			return
		}
		raw := c.queue[0]
		c.queue = c.queue[1:]
		c.queued -= len(raw)
		c.mu.Unlock()
		_ = c.conn.SetWriteDeadline(time.Now().Add(WriteDeadline))
		if err := c.conn.WriteMessage(websocket.TextMessage, raw); err != nil {
			c.Close(websocket.CloseAbnormalClosure, "")
		}
	}
}

// Closed says whether the socket has ended.
func (c *Conn) Closed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closed
}

// Close ends the socket with a code; a control frame may be written beside the writer.
func (c *Conn) Close(code int, reason string) {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return
	}
	c.closed = true
	c.mu.Unlock()
	if code != websocket.CloseAbnormalClosure {
		_ = c.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, reason), time.Now().Add(time.Second))
	}
	_ = c.conn.Close()
}

// Bucket bounds how fast one socket may send frames that cost work. Only the
// socket's reader uses it.
type Bucket struct {
	tokens, burst int
	refill        time.Duration
	filled        time.Time
}

// NewBucket holds burst tokens and gains one each refill.
func NewBucket(burst int, refill time.Duration) *Bucket {
	return &Bucket{tokens: burst, burst: burst, refill: refill, filled: time.Now()}
}

// Take takes one token; false when there is none.
func (b *Bucket) Take() bool {
	if gained := int(time.Since(b.filled) / b.refill); gained > 0 {
		b.tokens = min(b.burst, b.tokens+gained)
		b.filled = b.filled.Add(time.Duration(gained) * b.refill)
	}
	if b.tokens == 0 {
		return false
	}
	b.tokens--
	return true
}

// Clip cuts a text to a number of bytes without cutting a character.
func Clip(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	cut := limit
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut]
}
