package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/alecthomas/kong"
	"go.yaml.in/yaml/v3"

	"tonegate/internal/delivery"
	"tonegate/internal/psp"
)

// connectors are the connectors to payment providers: a map in the
// configuration file, or the name of a YAML file with such a map. They are not
// embedded: the flags' library would check them alone, ahead of all other faults.
type connectors struct{ byName psp.Configs }

// Decode implements kong.MapperValue.
func (c *connectors) Decode(ctx *kong.DecodeContext) error {
	if err := decodeYAML(ctx, &c.byName); err != nil {
		return fmt.Errorf("want connectors by name, each with its settings: %w", err)
	}
	return nil
}

// storeFlag says where recordings are delivered to, in the same two ways.
type storeFlag struct{ config delivery.Config }

// Decode implements kong.MapperValue.
func (c *storeFlag) Decode(ctx *kong.DecodeContext) error {
	if err := decodeYAML(ctx, &c.config); err != nil {
		return fmt.Errorf("want the settings of a store for recordings: %w", err)
	}
	return nil
}

// decodeYAML reads what a setting holds, or the file that it names. Unknown names
// are refused.
func decodeYAML(ctx *kong.DecodeContext, into any) error {
	var text []byte
	var err error
	switch v := ctx.Scan.Pop().Value.(type) {
	case string:
		text, err = os.ReadFile(v)
	default:
		text, err = yaml.Marshal(v)
	}
	if err != nil {
		return err
	}
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}
