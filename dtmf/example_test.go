package dtmf_test

import (
	"fmt"

	"tonegate/dtmf"
	"tonegate/internal/audio"
)

// A detector is fed one frame after another. What must not be heard and what
// was pressed are told apart: the mask is up before the key is certain.
func ExampleDetector() {
	detector := dtmf.NewDetector()
	var generator dtmf.ToneGenerator
	star, _ := dtmf.KeyOf('*')

	for i := range 5 {
		var frame audio.Frame
		if i >= 1 && i <= 3 {
			generator.Add(&frame, dtmf.Relay{
				On: true, Start: i == 1, End: i == 3, Key: star, Samples: uint16(160 * i),
			})
		}
		evidence := detector.Process(&frame, dtmf.Reception{})
		fmt.Printf("frame %d: mask %v", i, evidence.Suspicious())
		for _, k := range evidence.Pressed() {
			fmt.Printf(", pressed %c, which prints as %v", k.Symbol(), k)
		}
		fmt.Println()
	}
	// Output:
	// frame 0: mask false
	// frame 1: mask true
	// frame 2: mask true, pressed *, which prints as [redacted]
	// frame 3: mask true
	// frame 4: mask true
}

// A key that arrives as packets is known at once. As no tone follows it within
// 200 ms, it is relayed to the IVR.
func ExampleEventReceiver() {
	events := dtmf.NewEventReceiver(8000)
	detector := dtmf.NewDetector()
	for i := range 14 {
		if i == 0 {
			// Key 5, end bit, volume 10, 100 ms.
			_ = events.Receive(dtmf.EventPacket{SSRC: 7, Timestamp: 1600, Payload: []byte{5, 0x8A, 0x03, 0x20}})
		}
		var frame audio.Frame
		evidence := detector.Process(&frame, dtmf.Reception{Event: events.Tick()})
		for _, k := range evidence.Pressed() {
			fmt.Printf("frame %d: pressed %c\n", i, k.Symbol())
		}
		if r := evidence.Relay(); r.Start {
			fmt.Printf("frame %d: relayed %c\n", i, r.Key.Symbol())
		}
	}
	// Output:
	// frame 0: pressed 5
	// frame 10: relayed 5
}

// Digits are reached through a handle, and only inside a function.
func ExampleDigits() {
	arena := dtmf.NewArena(make([]byte, 4096))
	pin, _ := arena.New()
	for _, symbol := range []byte("1234") {
		k, _ := dtmf.KeyOf(symbol)
		_ = pin.Append(k)
	}
	fmt.Printf("%v %+v %#v %d\n", pin, pin, pin, pin)
	pin.Reveal(func(plain []byte) { fmt.Println(len(plain), "digits") })
	pin.Wipe()
	fmt.Println(pin.Len())
	// Output:
	// [redacted] [redacted] [redacted] [redacted]
	// 4 digits
	// 0
}
