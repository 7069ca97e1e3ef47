import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Selection } from './selection.jsx';
import './style.css';

createRoot(document.querySelector('#root')).render(
  <StrictMode>
    <Selection />
  </StrictMode>,
);
