namespace CoAgent.Workspace.Commands;

/// <summary>What is remembered of commands that have run.</summary>
/// <param name="Lessons">What runs have shown.</param>
/// <param name="Runs">Runs that may be of use again.</param>
internal sealed record CommandPast(CommandLessons Lessons, KeptRuns Runs);
