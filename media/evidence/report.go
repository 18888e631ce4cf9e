package evidence

import (
	"fmt"
	"time"

	"github.com/google/uuid"
)

// Fault is what is wrong with a place.
type Fault string

// The faults a checker names.
const (
	FaultHeader        Fault = "header_changed"   // the header is not the one that was sealed
	FaultBlock         Fault = "block_changed"    // a block is not the one that was sealed
	FaultSeal          Fault = "seal_changed"     // a seal's signature is not over what it says
	FaultKey           Fault = "unknown_key"      // signed with a key the installation never published
	FaultKeyTime       Fault = "key_out_of_time"  // signed with a key that was not in use then
	FaultMissing       Fault = "blocks_missing"   // taken out of the middle
	FaultOrder         Fault = "block_moved"      // not where it was written
	FaultRepeated      Fault = "block_repeated"   // there a second time
	FaultForeign       Fault = "foreign_block"    // sealed for another session or segment
	FaultUnreadable    Fault = "unreadable"       // bytes that are no blocks
	FaultCut           Fault = "cut_short"        // the file ends within a block
	FaultNoEnd         Fault = "no_end"           // no final seal: still being written, cut, or not recovered yet
	FaultAfterEnd      Fault = "after_end"        // bytes behind the final seal
	FaultTail          Fault = "tail_missing"     // anchors know of later seals
	FaultNoAnchor      Fault = "anchor_missing"   // a seal that was never anchored
	FaultAnchor        Fault = "anchor_differs"   // a seal that is not the one that was anchored
	FaultSegment       Fault = "segment_missing"  // another part of the session is not there
	FaultSegmentTwice  Fault = "segment_repeated" // two files for one segment
	FaultLink          Fault = "link_broken"      // a segment does not follow the one it names
	faultNone          Fault = ""
	unknownTimeInWords       = "—"
)

// Words are what people read: Chinese and English.
func (f Fault) Words() (zh, en string) {
	switch f {
	case FaultHeader:
		return "文件头被改动", "the header was changed"
	case FaultBlock:
		return "内容被改动", "the content was changed"
	case FaultSeal:
		return "封签被改动", "the seal was changed"
	case FaultKey:
		return "签名所用的密钥不在公布的名单里", "signed with a key that is not in the published list"
	case FaultKeyTime:
		return "签名所用的密钥当时不在使用期", "signed with a key that was not in use at that time"
	case FaultMissing:
		return "中间缺少内容", "content is missing from the middle"
	case FaultOrder:
		return "内容被调换了位置", "content was moved to another place"
	case FaultRepeated:
		return "内容被重复插入", "content was put in a second time"
	case FaultForeign:
		return "内容属于另一场会话或另一段", "content belongs to another session or segment"
	case FaultUnreadable:
		return "无法辨认的字节", "bytes that are no evidence"
	case FaultCut:
		return "文件在中途断开", "the file ends in the middle of a block"
	case FaultNoEnd:
		return "没有结束封签：仍在录制、被截断或尚未恢复", "there is no final seal: still being recorded, cut off, or not recovered yet"
	case FaultAfterEnd:
		return "结束封签之后还有内容", "something follows the final seal"
	case FaultTail:
		return "末尾被截掉：锚点记录了更多", "the end is missing: the anchors know of more"
	case FaultNoAnchor:
		return "没有对应的锚点", "there is no anchor for it"
	case FaultAnchor:
		return "与锚点不一致", "it differs from its anchor"
	case FaultSegment:
		return "缺少这一段的文件", "the file of this segment is missing"
	case FaultSegmentTwice:
		return "同一段出现了两个文件", "there are two files for this segment"
	case FaultLink:
		return "与上一段接不上", "it does not follow the segment it names"
	case faultNone:
	}
	return string(f), string(f)
}

// Finding is one thing that is wrong.
type Finding struct {
	Fault   Fault     `json:"fault"`
	File    string    `json:"file,omitempty"` // none for a segment that is missing
	Session uuid.UUID `json:"session"`
	Segment uint32    `json:"segment"`
	// From and To are the counters of the first and last block that are meant.
	From uint64 `json:"from"`
	To   uint64 `json:"to"`
	// Second and Until bound the time that is meant, in seconds of the segment;
	// -1 when it can't be told.
	Second float64 `json:"second"`
	Until  float64 `json:"until"`
	Offset int64   `json:"offset"` // in the file, in bytes; -1 without one
}

// String says it in Chinese and English.
func (f Finding) String() string {
	zh, en := f.Fault.Words()
	blocks, blocksEN := fmt.Sprintf("第 %d 块", f.From), fmt.Sprintf("block %d", f.From)
	if f.To > f.From {
		blocks, blocksEN = fmt.Sprintf("第 %d–%d 块", f.From, f.To), fmt.Sprintf("blocks %d–%d", f.From, f.To)
	}
	if f.Fault == FaultSegment || f.Fault == FaultSegmentTwice {
		return fmt.Sprintf("第 %d 段：%s / segment %d: %s", f.Segment, zh, f.Segment, en)
	}
	at := unknownTimeInWords
	if f.Second >= 0 {
		at = clockTime(f.Second) + "–"
		if f.Until >= f.Second {
			at += clockTime(f.Until)
		}
	}
	return fmt.Sprintf("第 %d 段 %s（%s）：%s / segment %d, %s (%s): %s", f.Segment, blocks, at, zh, f.Segment, blocksEN, at, en)
}

func clockTime(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second)).Round(100 * time.Millisecond)
	return fmt.Sprintf("%d:%02d:%04.1f", int(d.Hours()), int(d.Minutes())%60, (d % time.Minute).Seconds())
}

// Checked is what one file turned out to be.
type Checked struct {
	File    string    `json:"file"`
	Session uuid.UUID `json:"session"`
	Segment uint32    `json:"segment"`
	Started time.Time `json:"started"`
	Ended   time.Time `json:"ended"` // of the last good seal
	State   string    `json:"state"` // of the last good seal; empty when there is none
	Seals   int       `json:"seals"` // good ones
	Bytes   int64     `json:"bytes"`
}

// Report is a checker's word.
type Report struct {
	Files    []Checked `json:"files"`
	Anchored bool      `json:"anchored"` // anchors were there to compare with
	Findings []Finding `json:"findings"`
}

// OK is true when nothing is wrong.
func (r Report) OK() bool { return len(r.Findings) == 0 }

// add notes a finding; one that goes on where the last one of its kind ended
// makes that one longer.
func (r *Report) add(f Finding) {
	if n := len(r.Findings); n > 0 {
		last := &r.Findings[n-1]
		if last.Fault == f.Fault && last.File == f.File && last.Session == f.Session && last.Segment == f.Segment && (f.From == last.To+1 || f.From == last.To) && f.Fault != FaultHeader {
			last.To = max(last.To, f.To)
			last.Until = max(last.Until, f.Until)
			return
		}
	}
	r.Findings = append(r.Findings, f)
}
