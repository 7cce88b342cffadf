namespace CoAgent.ToolSmith.Shell.Syntax;

/// <summary>Where something stands in the text that was parsed.</summary>
/// <param name="Start">Its first character, counted in UTF-16 code units from 0.</param>
/// <param name="End">The first character after it.</param>
internal readonly record struct SourceSpan(int Start, int End);
