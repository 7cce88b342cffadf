using System.Globalization;
using CoAgent.Simulation.Running;

var options = args.Chunk(2).ToDictionary(pair => pair[0], pair => pair[^1]);
var first = int.Parse(options.GetValueOrDefault("--seed", "1"), CultureInfo.InvariantCulture);
var count = int.Parse(options.GetValueOrDefault("--runs", "1000"), CultureInfo.InvariantCulture);
var failed = 0;
for (var seed = first; seed < first + count; seed++)
{
    var run = new SimulatedRun(seed);
    try
    {
        run.Run();
    }
    catch (SimulationException wrong)
    {
        failed++;
        Console.WriteLine($"seed {seed}: {wrong.Message}\n  {run}");
        if (options.ContainsKey("--journal"))
        {
            Console.WriteLine(string.Join('\n', run.Journal));
        }
    }
}

Console.WriteLine($"{count} runs from seed {first}, {failed} failed");
return failed == 0 ? 0 : 1;
