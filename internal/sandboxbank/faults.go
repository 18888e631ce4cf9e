package sandboxbank

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"
)

// FaultHeader asks for a fault on one request (demo only): its value is a kind.
const FaultHeader = "X-Sandbox-Fault"

// Fault is a mishap made on purpose (demo only).
type Fault struct {
	Operation string `json:"operation" doc:"Which operation; empty: any"`
	Kind      string `json:"kind" enum:"slow,500,lost" doc:"slow: waits delay_ms first; 500: fails before anything is done; lost: does it, commits, and cuts the connection"`
	Times     int    `json:"times,omitempty" minimum:"1" maximum:"1000000" default:"1" doc:"How many requests it hits"`
	DelayMS   int    `json:"delay_ms,omitempty" minimum:"0" maximum:"60000" default:"3000"`
}

type faults struct {
	mu  sync.Mutex
	set []Fault
}

func newFaults() *faults { return &faults{} }

func (f *faults) add(one Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.set = append(f.set, one)
}

func (f *faults) clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.set = nil
}

// next takes the fault that hits an operation, if any.
func (f *faults) next(operation string) (Fault, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.set {
		if hit := f.set[i]; hit.Operation == "" || hit.Operation == operation {
			if f.set[i].Times--; f.set[i].Times <= 0 {
				f.set = append(f.set[:i:i], f.set[i+1:]...)
			}
			return hit, true
		}
	}
	return Fault{}, false
}

// withFaults makes the faults that were asked for happen.
func (b *Bank) withFaults(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		operation := operationOf(r.URL.Path)
		if operation == "" {
			next.ServeHTTP(w, r)
			return
		}
		fault, hit := Fault{Kind: r.Header.Get(FaultHeader), DelayMS: 3000}, r.Header.Get(FaultHeader) != ""
		if !hit {
			fault, hit = b.faults.next(operation)
		}
		if !hit {
			next.ServeHTTP(w, r)
			return
		}
		switch fault.Kind {
		case "slow":
			wait := time.NewTimer(time.Duration(fault.DelayMS) * time.Millisecond)
			defer wait.Stop()
			select {
			case <-wait.C:
				next.ServeHTTP(w, r)
			case <-r.Context().Done():
			}
		case "500":
			http.Error(w, "the sandbox was asked to fail", http.StatusInternalServerError)
		case "lost":
			next.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		default:
			http.Error(w, "unknown fault "+fault.Kind+": use slow, 500 or lost", http.StatusBadRequest)
		}
	})
}

// operationOf is the operation a path names: /v1/bank/transfer is bank.transfer.
func operationOf(path string) string {
	rest, ok := strings.CutPrefix(path, "/v1/")
	if !ok {
		return ""
	}
	return strings.ReplaceAll(rest, "/", ".")
}
