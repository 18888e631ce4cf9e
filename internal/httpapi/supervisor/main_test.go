package supervisor_test

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	// The test's database server lives as long as the process.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/pingdui/pingdui/internal/postgres.(*Cluster).supervise"))
}
