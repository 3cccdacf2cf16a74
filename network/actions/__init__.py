"""The only writers of people and rosters: one public function per verb."""
