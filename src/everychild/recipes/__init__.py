"""What an indicator means on a survey file: expressions that are parsed and checked, never evaluated as code."""
