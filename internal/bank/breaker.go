package bank

import (
	"fmt"
	"sync"
	"time"
)

// errResting says that the bank was not asked, because it failed a moment ago.
var errResting = fmt.Errorf("%w (it has failed several times and is given a rest)", ErrUnavailable)

// breaker stops calls for a while after some failures in a row, and then lets one
// through to see. It spares customers the wait for a bank that is away.
type breaker struct {
	clock func() time.Time
	after int
	rest  time.Duration

	mu      sync.Mutex
	failed  int
	until   time.Time
	probing bool
}

// allow says whether a call may be made; each true is answered by one report or forget.
func (b *breaker) allow() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failed < b.after {
		return true
	}
	if b.probing || b.clock().Before(b.until) {
		return false
	}
	b.probing = true
	return true
}

func (b *breaker) report(ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.probing = false
	if ok {
		b.failed = 0
		return
	}
	b.failed++
	b.until = b.clock().Add(b.rest)
}

// forget ends a call that told nothing.
func (b *breaker) forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.probing = false
}
