package sandboxbank

import (
	"testing"
	"time"
)

func TestWeakPIN(t *testing.T) {
	t.Parallel()
	born := time.Date(1954, 3, 8, 0, 0, 0, 0, time.UTC)
	for pin, weak := range map[string]bool{
		"000000": true, "123456": true, "654321": true, "890123": true, "321098": true, "121212": true, "123123": true, "112233": true,
		"111222": true, "540308": true, "195403": true, "030854": true, "080354": true, "031954": true, "030877": true, "770308": true,
		"000001": true, "715521": true, "704183": false, "483920": false, "190354": false, "552177": false,
	} {
		if got := weakPIN(pin, born, "13800000001", "5521"); got != weak {
			t.Errorf("weakPIN(%s) = %v", pin, got)
		}
	}
}
