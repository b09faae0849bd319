package spectrogram_test

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/internal/spectrogram"
)

const (
	left, top, height = 64, 40, 256 // of the plot within the picture
	right, bottom     = 74, 44
)

func tone(hz float64, seconds float64) []int16 {
	s := make([]int16, int(seconds*8000))
	for i := range s {
		s[i] = int16(8000 * math.Sin(2*math.Pi*hz/8000*float64(i)))
	}
	return s
}

func brightness(img image.Image, x, y int) int {
	r, g, b, _ := img.At(x, y).RGBA()
	return int(r+g+b) >> 8
}

// TestToneIsAtItsHeight looks down a column for the brightest row.
func TestToneIsAtItsHeight(t *testing.T) {
	for _, hz := range []float64{250, 697, 941, 1209, 1633, 2500, 3500} {
		img, err := spectrogram.Draw(tone(hz, 2), spectrogram.Options{})
		require.NoError(t, err)
		for _, x := range []int{left + 100, left + 250, left + 400} {
			best := top
			for y := top; y < top+height; y++ {
				if brightness(img, x, y) > brightness(img, x, best) {
					best = y
				}
			}
			want := top + height - 1 - int(hz/4000*height)
			assert.InDelta(t, want, best, 2, "%g Hz in column %d", hz, x)
			assert.Less(t, brightness(img, x, top+(best-top+height/2)%height), brightness(img, x, best)/2, "the rest is dark")
		}
	}
}

// TestTimeGoesRight: a tone in the second half is in the right half only.
func TestTimeGoesRight(t *testing.T) {
	img, err := spectrogram.Draw(append(make([]int16, 8000), tone(1000, 1)...), spectrogram.Options{})
	require.NoError(t, err)
	row := top + height - 1 - 64
	assert.Less(t, brightness(img, left+100, row), brightness(img, left+400, row)/2)
}

func TestSizes(t *testing.T) {
	for name, tc := range map[string]struct {
		seconds float64
		width   int
	}{
		"nothing": {0, 500}, "one sample": {1.0 / 8000, 500}, "short": {1, 500}, "a call": {12, 720}, "long": {120, 1100},
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			err := spectrogram.Write(&b, make([]int16, int(math.Round(tc.seconds*8000))), spectrogram.Options{Title: "x", Marks: []float64{697, 0, 4000}})
			require.NoError(t, err)
			img, err := png.Decode(&b)
			require.NoError(t, err)
			assert.Equal(t, image.Rect(0, 0, left+tc.width+right, top+height+bottom), img.Bounds())
		})
	}
}

func TestMarksAndTitleAreDrawn(t *testing.T) {
	plain, err := spectrogram.Draw(make([]int16, 8000), spectrogram.Options{})
	require.NoError(t, err)
	marked, err := spectrogram.Draw(make([]int16, 8000), spectrogram.Options{Title: "What the agent hears", Marks: []float64{1000}})
	require.NoError(t, err)
	row := top + height - 1 - 64
	assert.Greater(t, brightness(marked, left, row), brightness(plain, left, row))
	differs := false
	for x := left; x < left+150; x++ {
		for y := range top {
			differs = differs || marked.At(x, y) != plain.At(x, y)
		}
	}
	assert.True(t, differs, "a title")
}

func TestWriteFails(t *testing.T) {
	require.Error(t, spectrogram.Write(failing{}, nil, spectrogram.Options{}))
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("full") }
