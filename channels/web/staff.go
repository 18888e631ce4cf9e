package web

import (
	"github.com/pingdui/pingdui/internal/auth"
	"github.com/pingdui/pingdui/internal/wire"
)

// Staff is the side of the socket that serves the bank's own people: the digital
// employee who greets them, and all who serve them.
type Staff struct {
	First     string
	Employees func(locale, edition string) []wire.Employee
}

// side is who serves a caller; false for whoever has no business on this socket.
// A subject owns its conversations alone, so that nobody from one side ever opens
// one of the other.
func (c Config) side(who auth.Identity) (Staff, bool) {
	if who.Staff() != "" {
		if c.Staff == nil {
			return Staff{}, false
		}
		return *c.Staff, true
	}
	return Staff{First: c.First, Employees: c.Employees}, who.Has(auth.Customer, auth.Anonymous)
}
