using System.Collections.Immutable;
using CoAgent.Trials.Agents;
using CoAgent.Trials.Files;

namespace CoAgent.Trials.Plays;

/// <summary>The same scripts one after the other in rank order, straight on the tools: how a play must end.</summary>
internal static class SerialRun
{
    /// <summary>Runs a play in a directory of its own, whose play folder has the same name as the scene's.</summary>
    public static async Task<PlayEnd> OfAsync(Scene scene, Play play, CancellationToken cancellationToken)
    {
        var root = Directory.CreateTempSubdirectory("coagent-serial-");
        try
        {
            var words = scene.Stage.Words(root.FullName, scene.Words.Folder);
            play.LayOut(words.Home);
            await using var line = scene.Stage.ConnectDirectly(root.FullName);
            await line.OpenAsync(cancellationToken);
            ImmutableArray<HealingAgent> agents =
                [.. play.Scripts.Select((script, agent) => new HealingAgent(scene.NameOf(agent), line, script, words, AgentRules.Serial))];
            foreach (var agent in agents.Where((_, agent) => !play.Aborting.Contains(agent)))
            {
                await agent.RunAsync(cancellationToken);
            }

            return new PlayEnd(TreeState.Of(words.Home), agents, [.. agents.Select(agent => agent.Answers)]);
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }
}
