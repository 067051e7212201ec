// SPDX-License-Identifier: Apache-2.0
import { render } from 'preact';
import { App } from './app';
import './app.css';
import './ui/ui.css';
import './pages/pages.css';
import { applyTheme } from './state/settings';

applyTheme();
const root = document.getElementById('app');
if (root) render(<App />, root);
