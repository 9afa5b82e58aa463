"""What follows from published figures: latest, trend, worst-off group, rights grid. Pure functions, frame to frame."""
