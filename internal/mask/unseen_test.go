package mask_test

import (
	"os"
	"strings"
	"testing"

	"github.com/pingdui/pingdui/internal/mask"
)

// TestSecretsOnUnseenLines prints how many typed secrets are masked before
// anything is stored, and how many other numbers are.
func TestSecretsOnUnseenLines(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/secrets_unseen.txt")
	if err != nil {
		t.Fatal(err)
	}
	secrets, masked, others, wrong := 0, 0, 0, 0
	for _, line := range strings.Split(strings.TrimSpace(string(raw)), "\n") {
		sign, text, _ := strings.Cut(line, " ")
		_, found := mask.Secrets(text)
		switch sign {
		case "+":
			secrets++
			if len(found) > 0 {
				masked++
			} else {
				t.Logf("not masked: %s", text)
			}
		case "-":
			others++
			if len(found) > 0 {
				wrong++
				t.Logf("masked for nothing: %s", text)
			}
		}
	}
	t.Logf("secret typed: %d of %d masked, %d of %d other numbers masked", masked, secrets, wrong, others)
	if secrets < 20 || others < 20 || masked < secrets || wrong > 0 {
		t.Errorf("%d of %d masked, %d of %d for nothing", masked, secrets, wrong, others)
	}
}
