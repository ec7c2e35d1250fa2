"""The core of Genre Lab: audio to features to splits to models to verdicts.  It never imports Streamlit."""
