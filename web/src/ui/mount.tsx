import { type ComponentChild, render } from 'preact'
import './tokens.css'
import './base.css'
import './components.css'
import './forms.css'
import './audio.css'

export function mount(page: ComponentChild): void {
  render(page, document.getElementById('app')!)
}
