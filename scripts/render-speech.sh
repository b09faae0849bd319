#!/usr/bin/env bash
# Renders the built-in IVR's prompts and the demonstration's speech with flite,
# a free synthesiser (Debian packages flite and sox). The results are committed,
# so that nothing but Go is needed to run the product; run this after editing a
# text.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { # voice file text
	local tmp
	tmp=$(mktemp --suffix .wav)
	flite -voice "$1" -t "$3" -o "$tmp"
	# -20 dB RMS is about the mean level of speech on a line (-19 dBm0 active).
	sox "$tmp" -r 8000 -c 1 -b 16 "$2" norm -6 highpass 200 rate -v 8000
	rm -f "$tmp"
}

p=internal/ivr/prompts/en
say slt $p/greeting.wav "Welcome to the secure keypad. Your agent stays on the line, but cannot hear the keys you press."
say slt $p/enter.wav "Please enter your number now, then press hash."
say slt $p/enter_card_number.wav "Please enter your card number."
say slt $p/enter_expiry.wav "Please enter the expiry date. Two digits for the month, then two for the year."
say slt $p/enter_cvv.wav "Please enter the security code of your card, then press hash."
say slt $p/enter_postal_code.wav "Please enter your postal code, then press hash."
say slt $p/enter_bank_account.wav "Please enter your account number, then press hash."
say slt $p/enter_pin.wav "Please enter your pin, then press hash."
say slt $p/again.wav "Please enter your number, then press hash."
say slt $p/again_card_number.wav "Please enter the card number again."
say slt $p/again_expiry.wav "Please enter the month and the year again, two digits each."
say slt $p/again_cvv.wav "Please enter the security code again, then press hash."
say slt $p/again_postal_code.wav "Please enter your postal code again, then press hash."
say slt $p/again_bank_account.wav "Please enter your account number again, then press hash."
say slt $p/again_pin.wav "Please enter your pin again, then press hash."
say slt $p/nothing.wav "I did not get that."
say slt $p/bad_card_number.wav "That is not a card number that we can take."
say slt $p/bad_expiry.wav "That is not a valid expiry date."
say slt $p/past_expiry.wav "That date has passed."
say slt $p/bad_cvv.wav "That is not the right number of digits."
say slt $p/bad_length.wav "That is too short or too long."
say slt $p/bad_entry.wav "That is not valid."
say slt $p/accepted.wav "Thank you."
say slt $p/cleared.wav "Cleared. Please start again."
say slt $p/one_moment.wav "Thank you. One moment, please."
say slt $p/thanks.wav "Thank you. Your entry is complete."
say slt $p/refused.wav "The payment was declined. Your agent will help you."
say slt $p/failed.wav "No entry was received. Your agent will help you."
say slt $p/unable.wav "That did not work. Your agent will help you."
say slt $p/cancelled.wav "The entry was cancelled."
say slt $p/agent_lost.wav "The connection to your agent was lost. Please stay on the line, while we bring your agent back."

d=internal/demo/speech
say rms $d/customer.wav "Hello, yes, I would like to pay my invoice from last month, please. I have the card here in front of me. Let me see. It is the blue one, and I will type the number on my phone while we are talking. I hope that is fine with you. Are you still there? Good. It is nice that I do not have to hang up or wait for somebody else. There was one more question that I had about the delivery. The parcel arrived on Tuesday, but the second box was missing. Could you look into that for me?"
say awb $d/agent.wav "Good morning, thank you for calling. Of course, I can take that payment now. Please key in the number when you are ready. I stay on the line with you, and I only hear your voice, never the keys. Take your time. Meanwhile I am looking at your order. Yes, I am still here. I see both boxes in the system, and the second one is at the depot. It should reach you tomorrow before noon. Is there anything else that I can do for you today?"
