import { createRoot } from 'react-dom/client';
import { BESIDE } from './addresses.ts';
import { App } from './app.tsx';
import { Beside } from './beside.tsx';
import './explorer.css';

const place = document.querySelector('#explorer');
if (place !== null) createRoot(place).render(location.search === BESIDE ? <Beside /> : <App />);
