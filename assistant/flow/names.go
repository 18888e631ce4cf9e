package flow

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// operationName is how an operation of the bank is named. A flow says what is to
// be done and never where: an address would lead out of the bank.
var operationName = regexp.MustCompile(`^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+$`)

// operation refuses what is no operation's name; that one is missing is said elsewhere.
func (c *compiler) operation(path, name string) {
	if name != "" && !operationName.MatchString(name) {
		c.fail(path, "写接口的名字，如 bank.transfer，不写网址 / write an operation's name such as bank.transfer, never a URL", "%[1]q 不是接口名 / %[1]q is no operation's name", name)
	}
}

// known adds the names that this flow knows to a remedy.
func (c *compiler) known(remedy string) string {
	return remedy + "：" + strings.Join(slices.Sorted(maps.Keys(c.env)), ", ")
}
