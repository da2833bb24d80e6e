"""`make drill`: a backup under load, restored and held against its home, with figures."""
