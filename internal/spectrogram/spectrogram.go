// Package spectrogram draws audio: time to the right, frequency upwards,
// loudness as colour, with labelled axes. It exists so that people can see that
// a mask holds, beside the figures that prove it.
package spectrogram

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"math"
	"math/cmplx"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"tonegate/internal/audio"
)

const (
	window   = 512 // 64 ms: resolves neighbouring DTMF rows
	bins     = window / 2
	marginL  = 64
	marginR  = 74
	marginT  = 40
	marginB  = 44
	plotH    = 256
	maxPlotW = 1100
	minPlotW = 500
	floorDB  = -75.0 // colour scale, dB below a full-scale sine
	topDB    = -10.0
)

// Options describe a picture.
type Options struct {
	Title string
	// Marks are frequencies in Hz that get a faint line.
	Marks []float64
}

// Write draws samples as PNG.
func Write(w io.Writer, samples []int16, o Options) error {
	img, err := Draw(samples, o)
	if err != nil {
		return err
	}
	if err := png.Encode(w, img); err != nil {
		return fmt.Errorf("write the spectrogram: %w", err)
	}
	return nil
}

// Draw draws samples.
func Draw(samples []int16, o Options) (*image.RGBA, error) {
	face, err := newFace()
	if err != nil {
		return nil, err
	}
	seconds := float64(len(samples)) / audio.SampleRate
	width := min(maxPlotW, max(minPlotW, int(seconds*60)))
	img := image.NewRGBA(image.Rect(0, 0, marginL+width+marginR, marginT+plotH+marginB))
	draw.Draw(img, img.Bounds(), image.NewUniform(color.RGBA{0x11, 0x14, 0x1c, 0xff}), image.Point{}, draw.Src)
	p := &plot{img: img, face: face, width: width, seconds: seconds}
	p.columns(samples)
	p.marks(o.Marks)
	p.axes()
	p.scale()
	p.text(marginL, marginT-14, o.Title, bright)
	return img, nil
}

func newFace() (font.Face, error) {
	f, err := opentype.Parse(goregular.TTF)
	if err != nil {
		return nil, fmt.Errorf("parse the font: %w", err)
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: 13, DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		return nil, fmt.Errorf("prepare the font: %w", err)
	}
	return face, nil
}

var (
	bright = color.RGBA{0xe8, 0xec, 0xf4, 0xff}
	dim    = color.RGBA{0x9a, 0xa4, 0xb8, 0xff}
)

type plot struct {
	img     *image.RGBA
	face    font.Face
	width   int
	seconds float64
}

// columns draws one spectrum per column.
func (p *plot) columns(samples []int16) {
	shape := hann()
	var buf [window]complex128
	for x := range p.width {
		centre := int((float64(x) + 0.5) / float64(p.width) * float64(len(samples)))
		for i := range buf {
			k := centre - window/2 + i
			v := 0.0
			if k >= 0 && k < len(samples) {
				v = float64(samples[k]) / 32768
			}
			buf[i] = complex(v*shape[i], 0)
		}
		fft(buf[:])
		for y := range plotH {
			bin := (plotH - 1 - y) * bins / plotH
			// The window's coherent gain is a half; a sine's peak splits in two.
			level := 20 * math.Log10(cmplx.Abs(buf[bin])/(window/4)+1e-9)
			p.img.SetRGBA(marginL+x, marginT+y, shade((level-floorDB)/(topDB-floorDB)))
		}
	}
}

func (p *plot) marks(hz []float64) {
	for _, f := range hz {
		y := p.y(f)
		for x := 0; x < p.width; x += 6 {
			p.blend(marginL+x, y, color.RGBA{0xff, 0xff, 0xff, 0x50})
			p.blend(marginL+x+1, y, color.RGBA{0xff, 0xff, 0xff, 0x50})
		}
	}
}

func (p *plot) blend(x, y int, c color.RGBA) {
	b := p.img.RGBAAt(x, y)
	mix := func(a, b uint8) uint8 { return uint8((int(a)*int(c.A) + int(b)*(255-int(c.A))) / 255) }
	p.img.SetRGBA(x, y, color.RGBA{mix(c.R, b.R), mix(c.G, b.G), mix(c.B, b.B), 0xff})
}

func (p *plot) y(hz float64) int {
	return marginT + plotH - 1 - int(hz/(audio.SampleRate/2)*plotH)
}

func (p *plot) axes() {
	for khz := range 5 {
		y := min(p.y(float64(khz)*1000), marginT+plotH-1)
		y = max(y, marginT)
		p.line(marginL-5, y, 5, 1)
		p.text(marginL-52, y+5, fmt.Sprintf("%d kHz", khz), dim)
	}
	step := 1.0
	for p.seconds/step > 14 {
		step *= 2
	}
	for t := 0.0; t <= p.seconds; t += step {
		x := marginL + int(t/p.seconds*float64(p.width-1))
		p.line(x, marginT+plotH, 1, 5)
		p.text(x-8, marginT+plotH+20, fmt.Sprintf("%g s", t), dim)
	}
}

// scale draws the colour bar.
func (p *plot) scale() {
	x := marginL + p.width + 14
	for y := range plotH {
		c := shade(1 - float64(y)/plotH)
		for k := range 10 {
			p.img.SetRGBA(x+k, marginT+y, c)
		}
	}
	p.text(x+14, marginT+10, fmt.Sprintf("%.0f dB", topDB), dim)
	p.text(x+14, marginT+plotH, fmt.Sprintf("%.0f dB", floorDB), dim)
}

func (p *plot) line(x, y, w, h int) {
	draw.Draw(p.img, image.Rect(x, y, x+w, y+h), image.NewUniform(dim), image.Point{}, draw.Src)
}

func (p *plot) text(x, y int, s string, c color.Color) {
	d := font.Drawer{Dst: p.img, Src: image.NewUniform(c), Face: p.face, Dot: fixed.P(x, y)}
	d.DrawString(s)
}

// stops of the colour scale: dark to bright, monotonic in lightness, so that it
// reads the same without colour vision and in print.
var stops = [...][3]float64{
	{0x0b, 0x0c, 0x1a}, {0x2c, 0x11, 0x5f}, {0x72, 0x1f, 0x81}, {0xb7, 0x37, 0x79}, {0xf1, 0x60, 0x5d}, {0xfe, 0xaf, 0x77}, {0xfc, 0xfd, 0xbf},
}

func shade(v float64) color.RGBA {
	v = max(0, min(1, v)) * float64(len(stops)-1)
	i := min(int(v), len(stops)-2)
	f := v - float64(i)
	at := func(k int) uint8 { return uint8(stops[i][k]*(1-f) + stops[i+1][k]*f) }
	return color.RGBA{at(0), at(1), at(2), 0xff}
}

func hann() (w [window]float64) {
	for i := range w {
		w[i] = 0.5 - 0.5*math.Cos(2*math.Pi*float64(i)/window)
	}
	return w
}

// fft is the radix-2 transform, in place; len(a) is a power of two.
func fft(a []complex128) {
	n := len(a)
	for i, j := 1, 0; i < n; i++ {
		bit := n >> 1
		for ; j&bit != 0; bit >>= 1 {
			j ^= bit
		}
		j ^= bit
		if i < j {
			a[i], a[j] = a[j], a[i]
		}
	}
	for size := 2; size <= n; size <<= 1 {
		turn := cmplx.Rect(1, -2*math.Pi/float64(size))
		for start := 0; start < n; start += size {
			w := complex(1, 0)
			for k := start; k < start+size/2; k++ {
				u, v := a[k], a[k+size/2]*w
				a[k], a[k+size/2] = u+v, u-v
				w *= turn
			}
		}
	}
}
