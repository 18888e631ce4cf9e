package desk_test

import (
	"testing"

	"go.uber.org/goleak"
)

// Sockets, pumps, seats and tellers all end with their servers.
func TestMain(m *testing.M) {
	// The test's database server lives as long as the process.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/pingdui/pingdui/internal/postgres.(*Cluster).supervise"))
}
