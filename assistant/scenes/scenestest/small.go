// Package scenestest gives tests a small part of the shipped content: five scenes
// and four groups of articles compile, train and play in a tenth of the time of
// all, and nothing in a release's way through the program depends on how many.
package scenestest

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/pingdui/pingdui/assistant/scenes"
)

var (
	named   = regexp.MustCompile(`(?m)^id: (\S+)$`)
	leading = regexp.MustCompile(`(?m)^(?:flow|leads): (\S+)\n`)
	about   = regexp.MustCompile(`(?m)^article: (\S+)$`)
)

// kept says whether a file is in the small part. Of the scenes whose
// conversation tests step aside into other scenes only the happy paths are.
func kept(parts []string) bool {
	switch parts[0] {
	case "scenes":
		switch parts[1] {
		case "01-balance", "08-pin-reset", "41-branches":
			return true
		case "06-lost-card", "13-transfer":
			return parts[2] != "tests" || parts[3] == "happy.yaml"
		}
		return false
	case "articles":
		return len(parts) == 3 && slices.Contains([]string{"accounts", "branch", "cards", "deposits"}, parts[1])
	}
	return true
}

// Small is the shipped content less most of its scenes and articles, laid out
// as a release is. What leads to a scene that is not in it leads nowhere. Its
// conversation tests pass.
func Small(t *testing.T) fs.FS {
	t.Helper()
	out := fstest.MapFS{}
	flows, articles := map[string]bool{}, map[string]bool{}
	late := fstest.MapFS{} // what depends on those that are kept
	err := fs.WalkDir(scenes.FS, ".", func(p string, d fs.DirEntry, err error) error {
		parts := strings.Split(p, "/")
		if err != nil || d.IsDir() || !kept(parts) {
			return err
		}
		raw, err := fs.ReadFile(scenes.FS, p)
		if err != nil {
			return err
		}
		file := &fstest.MapFile{Data: raw, Mode: 0o644}
		switch parts[0] {
		case "scenes":
			if id := named.FindSubmatch(raw); id != nil && path.Base(p) == "flow.yaml" {
				flows[string(id[1])] = true
			}
		case "articles":
			if id := named.FindSubmatch(raw); id != nil {
				articles[string(id[1])] = true
			}
			late[p] = file
			return nil
		case "intents":
			late[p] = file
			return nil
		}
		out[p] = file
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for p, file := range late {
		if of := about.FindSubmatch(file.Data); of != nil && !articles[string(of[1])] {
			continue
		}
		file.Data = leading.ReplaceAllFunc(file.Data, func(line []byte) []byte {
			if flows[string(leading.FindSubmatch(line)[1])] {
				return line
			}
			return nil
		})
		out[p] = file
	}
	return out
}
