package intents

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"sync"
)

//go:embed *.go entity/*.go
var sources embed.FS

// Recipe names the code that trains: two programs with the same recipe make the
// same model of the same sentences. It is a hash of this package's own sources, so
// that nobody has to remember to count it up.
func Recipe() string { return recipe() }

var recipe = sync.OnceValue(func() string { //nolint:gochecknoglobals // what a program is made of does not change
	sum := sha256.New()
	_ = fs.WalkDir(sources, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := fs.ReadFile(sources, path)
		_, _ = sum.Write([]byte(path))
		_, _ = sum.Write(raw)
		return err
	})
	return hex.EncodeToString(sum.Sum(nil))
})
