// What the panel of the designer reads of an element and writes into it. Every write is one command of the editor, so that it can be undone.
window.tongbanProcess = (function () {
  'use strict';
  // Our namespace: what is listed here is kept where the editor makes, copies or replaces elements.
  var text = function (name) { return { name: name, isAttr: true, type: 'String' }; };
  var descriptor = {
    name: 'Tongban', uri: 'urn:tongban:process', prefix: 'tongban', xml: { tagAlias: 'lowerCase' }, associations: [],
    types: [
      { name: 'Named', extends: ['bpmn:FlowElement', 'bpmn:Process'], properties: [text('en')] },
      { name: 'Step', extends: ['bpmn:Activity'], properties: ['acts', 'whole', 'department', 'limit', 'candidateGroups', 'form'].map(text) },
      { name: 'Work', extends: ['bpmn:ServiceTask', 'bpmn:SendTask', 'bpmn:BusinessRuleTask', 'bpmn:ScriptTask'], properties: ['topic', 'decisionRef', 'resultVariable', 'priority'].map(text) },
      { name: 'Message', extends: ['bpmn:Event', 'bpmn:SendTask', 'bpmn:ServiceTask'], properties: ['to', 'case', 'gives'].map(text) },
      { name: 'End', extends: ['bpmn:EndEvent'], properties: [text('result')] },
      { name: 'Call', extends: ['bpmn:CallActivity'], properties: ['calledElementBinding', 'calledElementVersion'].map(text) },
      { name: 'Part', extends: ['bpmn:Process'], properties: [text('part')] },
      { name: 'In', superClass: ['Element'], properties: ['source', 'sourceExpression', 'target', 'variables'].map(text) },
      { name: 'Out', superClass: ['Element'], properties: ['source', 'sourceExpression', 'target', 'variables'].map(text) },
      { name: 'Timer', extends: ['bpmn:TimerEventDefinition'], properties: [text('workingDays')] },
    ],
  };

  function is(element, type) { return element.businessObject.$instanceOf('bpmn:' + type); }

  // ---- roles ----
  // Lanes say who does a step, and mostly have no picture. The editor takes a step that moves out of lanes it cannot see: so roles are kept here
  // and written into the lanes when the document is. Where lanes are drawn, a step names its role itself.
  function processOf(element) {
    var bo = element.businessObject;
    while (bo && bo.$type !== 'bpmn:Process') bo = bo.$parent;
    return bo;
  }
  function lanesOf(process) {
    var all = [];
    ((process && process.get('laneSets')) || []).forEach(function (set) { all = all.concat(set.get('lanes') || []); });
    return all;
  }
  function Roles(eventBus, commandStack, elementRegistry, moddle) {
    var roles = new Map();
    this.of = roles;
    this.drawn = function () { return elementRegistry.filter(function (e) { return e.type === 'bpmn:Lane'; }).length > 0; };
    this.read = function (process) {
      lanesOf(process).forEach(function (lane) { (lane.get('flowNodeRef') || []).forEach(function (bo) { roles.set(bo, lane.name); }); });
    };
    this.write = function (process) {
      var lanes = lanesOf(process), set = (process.get('laneSets') || [])[0];
      if (this.drawn()) return;
      lanes.forEach(function (lane) { lane.set('flowNodeRef', []); });
      process.get('flowElements').forEach(function (bo) {
        var role = roles.get(bo), lane = lanes.filter(function (one) { return one.name === role; })[0];
        if (!role) return;
        if (!set) {
          set = moddle.create('bpmn:LaneSet', { id: 'lanes' });
          set.$parent = process;
          process.get('laneSets').push(set);
        }
        if (!lane) {
          lane = moddle.create('bpmn:Lane', { id: 'lane-' + role, name: role });
          lane.$parent = set;
          set.get('lanes').push(lane);
          lanes.push(lane);
        }
        lane.get('flowNodeRef').push(bo);
      });
    };
    eventBus.on('commandStack.shape.replace.postExecute', function (e) {
      var from = e.context.oldShape, to = e.context.newShape;
      if (from && to && roles.get(from.businessObject)) roles.set(to.businessObject, roles.get(from.businessObject));
    });
    function SetRole() {}
    SetRole.prototype.execute = function (context) {
      var bo = context.element.businessObject;
      context.before = { role: roles.get(bo), groups: bo.get('tongban:candidateGroups') };
      roles.set(bo, context.role);
      bo.set('tongban:candidateGroups', context.named ? context.role || undefined : undefined);
      return [context.element];
    };
    SetRole.prototype.revert = function (context) {
      var bo = context.element.businessObject;
      roles.set(bo, context.before.role);
      bo.set('tongban:candidateGroups', context.before.groups);
      return [context.element];
    };
    commandStack.registerHandler('tongban.role', SetRole);
  }
  Roles.$inject = ['eventBus', 'commandStack', 'elementRegistry', 'moddle'];

  // A new step is a review until somebody says otherwise.
  function begin(shape, roles) {
    roles.of.set(shape.businessObject, 'reviewer');
    if (roles.drawn()) shape.businessObject.set('tongban:candidateGroups', 'reviewer');
    shape.businessObject.set('tongban:acts', 'pass send_back special_procedure extension');
  }

  // ---- palette and context pad: what a process of cases is made of ----
  function Tools(palette, contextPad, popupMenu, create, elementFactory, translate, autoPlace, roles) {
    this.make = function (type, more) {
      var shape = elementFactory.createShape(Object.assign({ type: 'bpmn:' + type }, more));
      if (type === 'UserTask') begin(shape, roles);
      return shape;
    };
    this.create = create;
    this.translate = translate;
    this.autoPlace = autoPlace;
    palette.registerProvider(400, this);
    contextPad.registerProvider(400, this);
    popupMenu.registerProvider('bpmn-replace', 400, this);
  }
  Tools.$inject = ['palette', 'contextPad', 'popupMenu', 'create', 'elementFactory', 'translate', 'autoPlace', 'tongbanRoles'];
  Tools.prototype.entry = function (group, icon, title, type, more) {
    var tools = this;
    function begin(event) { tools.create.start(event, tools.make(type, more)); }
    return { group: group, className: 'bpmn-icon-' + icon, title: this.translate(title), action: { dragstart: begin, click: begin } };
  };
  Tools.prototype.getPaletteEntries = function () {
    var tools = this;
    return function (entries) {
      ['create.data-object', 'create.data-store', 'create.participant-expanded', 'create.group', 'create.intermediate-event'].forEach(function (id) { delete entries[id]; });
      entries['create.task'] = tools.entry('activity', 'user-task', 'Create task', 'UserTask');
      entries['create.rule'] = tools.entry('activity', 'business-rule-task', 'Create rule', 'BusinessRuleTask');
      entries['create.parallel'] = tools.entry('gateway', 'gateway-parallel', 'Create parallel gateway', 'ParallelGateway');
      entries['create.timer'] = tools.entry('event', 'intermediate-event-catch-timer', 'Create timer', 'IntermediateCatchEvent', { eventDefinitionType: 'bpmn:TimerEventDefinition' });
      return entries;
    };
  };
  Tools.prototype.getContextPadEntries = function (element) {
    var tools = this;
    return function (entries) {
      ['append.intermediate-event', 'append.text-annotation', 'append.receive-task', 'append.message-intermediate-event', 'append.signal-intermediate-event', 'append.condition-intermediate-event', 'lane-divide-two', 'lane-divide-three'].forEach(function (id) { delete entries[id]; });
      if (entries['append.append-task']) {
        entries['append.append-task'] = {
          group: 'model', className: 'bpmn-icon-user-task', title: tools.translate('Append user task'),
          action: {
            click: function () { tools.autoPlace.append(element, tools.make('UserTask')); },
            dragstart: function (event) { tools.create.start(event, tools.make('UserTask'), { source: element }); },
          },
        };
      }
      return entries;
    };
  };
  // What this program does not do in a case is not offered.
  var never = /ad-hoc|transaction|conditional-start|complex|participant|data-|instantiate|link-|compensation|cancel|escalation|-error|signal|message-start|timer-start|^toggle-loop$|^replace-with-task$|collapsed/;
  Tools.prototype.getPopupMenuEntries = function () {
    return function (entries) {
      Object.keys(entries).forEach(function (id) { if (never.test(id)) delete entries[id]; });
      return entries;
    };
  };
  Tools.prototype.getPopupMenuHeaderEntries = Tools.prototype.getPopupMenuEntries;

  var module = {
    __init__: ['tongbanRoles', 'tongbanTools'],
    tongbanRoles: ['type', Roles],
    tongbanTools: ['type', Tools],
  };

  // ---- reading and writing ----
  function Facts(modeler) {
    var modeling = modeler.get('modeling'), moddle = modeler.get('moddle'), stack = modeler.get('commandStack'), roles = modeler.get('tongbanRoles');
    roles.read(processOf(modeler.get('canvas').getRootElement()));
    function feel(body) { return body ? moddle.create('bpmn:FormalExpression', { body: body }) : undefined; }
    function attribute(name) {
      return {
        get: function (e) { return e.businessObject.get('tongban:' + name) || ''; },
        set: function (e, value) { var o = {}; o['tongban:' + name] = value || undefined; modeling.updateProperties(e, o); },
      };
    }
    function yes(name) {
      var plain = attribute(name);
      return { get: function (e) { return plain.get(e) === 'true'; }, set: function (e, on) { plain.set(e, on ? 'true' : ''); } };
    }
    function loopOf(e) { return e.businessObject.loopCharacteristics; }
    function bodyOf(x) { return x && x.body ? x.body : ''; }
    function timerOf(e) {
      return (e.businessObject.eventDefinitions || []).filter(function (d) { return d.$type === 'bpmn:TimerEventDefinition'; })[0];
    }
    function setTimer(e, days, working) {
      var o = { timeDuration: feel(days ? 'P' + days + 'D' : ''), timeDate: undefined, timeCycle: undefined };
      o['tongban:workingDays'] = working ? 'true' : undefined;
      modeling.updateModdleProperties(e, timerOf(e), o);
    }
    function daysOf(e) {
      var t = timerOf(e), m = t && /^P?(\d+)D?$/.exec(bodyOf(t.timeDuration));
      return m ? m[1] : '';
    }
    function conditionOf(e) { return bodyOf(e.businessObject.conditionExpression); }
    function setCondition(e, body) {
      var source = e.source, bo = e.businessObject;
      if (source && source.businessObject.default === bo) modeling.updateProperties(source, { default: undefined });
      modeling.updateProperties(e, { conditionExpression: feel(body) });
    }
    // Engines of the Camunda family write the same in a namespace of their own.
    function mapsIn(e) {
      var extension = e.businessObject.get('extensionElements');
      return ((extension && extension.get('values')) || []).filter(function (v) { return /:(in|out)$/i.test(v.$type) && !/^bpmn:/.test(v.$type); });
    }
    function wayOf(v) { return /:in$/i.test(v.$type) ? 'in' : 'out'; }
    function word(v, name) { return (v.get ? v.get(name) : v[name]) || v[name] || ''; }
    function readMaps(e, way) {
      return mapsIn(e).filter(function (v) { return wayOf(v) === way; }).map(function (v) {
        return [word(v, 'variables') === 'all' ? '*' : word(v, 'sourceExpression') ? '= ' + word(v, 'sourceExpression') : word(v, 'source'), word(v, 'target')];
      });
    }
    function writeMaps(e, way, rows) {
      var bo = e.businessObject, extension = bo.get('extensionElements') || moddle.create('bpmn:ExtensionElements', { values: [] });
      var own = mapsIn(e), other = (extension.get('values') || []).filter(function (v) { return own.indexOf(v) < 0; });
      var made = rows.map(function (row) {
        var from = row[0], all = from === '*', expression = from.charAt(0) === '=';
        var v = moddle.create(way === 'in' ? 'tongban:In' : 'tongban:Out', {
          source: all || expression ? undefined : from || undefined, sourceExpression: expression ? from.slice(1).trim() : undefined,
          target: all ? undefined : row[1] || undefined, variables: all ? 'all' : undefined,
        });
        v.$parent = extension;
        return v;
      });
      var values = other.concat(way === 'in' ? made : own.filter(function (v) { return wayOf(v) === 'in'; }), way === 'out' ? made : own.filter(function (v) { return wayOf(v) === 'out'; }));
      extension.$parent = bo;
      if (bo.get('extensionElements')) modeling.updateModdleProperties(e, extension, { values: values });
      else { extension.set('values', values); modeling.updateProperties(e, { extensionElements: extension }); }
      if (!values.length) modeling.updateProperties(e, { extensionElements: undefined });
    }
    var facts = {
      'p-name': { get: function (e) { return e.businessObject.name || ''; }, set: function (e, v) { modeling.updateProperties(e, { name: v || undefined }); } },
      'p-en': attribute('en'),
      'p-role': {
        get: function (e) { return e.businessObject.get('tongban:candidateGroups') || roles.of.get(e.businessObject) || ''; },
        set: function (e, v) { stack.execute('tongban.role', { element: e, role: v, named: roles.drawn() || !processOf(e) }); },
      },
      'p-department': attribute('department'),
      'p-limit': attribute('limit'),
      'p-acts': {
        get: function (e) { return attribute('acts').get(e).split(/\s+/).filter(Boolean); },
        set: function (e, list) { attribute('acts').set(e, list.join(' ')); },
      },
      'p-form': attribute('form'),
      'p-called': {
        get: function (e) { return e.businessObject.calledElement || ''; },
        set: function (e, v) { modeling.updateProperties(e, { calledElement: v || undefined }); },
      },
      'p-version': {
        get: attribute('calledElementVersion').get,
        set: function (e, v) { modeling.updateProperties(e, { 'tongban:calledElementBinding': v ? 'version' : undefined, 'tongban:calledElementVersion': v || undefined }); },
      },
      'p-part': yes('part'),
      // What a call is given and gives back, as the tables of the panel write it: [from, to].
      maps: { get: readMaps, set: writeMaps },
      'p-whole': yes('whole'),
      'p-signers': {
        get: function (e) { return loopOf(e) ? bodyOf(loopOf(e).loopCardinality) : ''; },
        set: function (e, v) { modeling.updateModdleProperties(e, loopOf(e), { loopCardinality: feel(v) }); },
      },
      'p-enough': {
        get: function (e) { var c = loopOf(e) ? bodyOf(loopOf(e).completionCondition) : ''; return !c ? 'all' : /^numberOfCompletedInstances\s*>=\s*1$/.test(c) ? 'one' : 'own'; },
        set: function (e, v) {
          var now = bodyOf(loopOf(e).completionCondition);
          modeling.updateModdleProperties(e, loopOf(e), { completionCondition: feel(v === 'one' ? 'numberOfCompletedInstances >= 1' : v === 'own' ? now || 'numberOfCompletedInstances >= 2' : '') });
        },
      },
      'p-completion': {
        get: function (e) { return loopOf(e) ? bodyOf(loopOf(e).completionCondition) : ''; },
        set: function (e, v) { modeling.updateModdleProperties(e, loopOf(e), { completionCondition: feel(v) }); },
      },
      'p-decision': attribute('decisionRef'),
      'p-variable': attribute('resultVariable'),
      'p-topic': attribute('topic'),
      'p-gives': attribute('gives'),
      'p-to': attribute('to'),
      'p-case': attribute('case'),
      'p-result': attribute('result'),
      'p-wait': { get: daysOf, set: function (e, v) { setTimer(e, v, timerOf(e).get('tongban:workingDays') === 'true'); } },
      'p-working': { get: function (e) { return !!timerOf(e) && timerOf(e).get('tongban:workingDays') === 'true'; }, set: function (e, on) { setTimer(e, daysOf(e), on); } },
      'p-stops': { get: function (e) { return e.businessObject.cancelActivity !== false; }, set: function (e, on) { modeling.updateProperties(e, { cancelActivity: on }); } },
      'p-when': {
        get: function (e) {
          var c = conditionOf(e), m = /^outcome\s*=\s*"([a-z_]+)"$/.exec(c.trim()), said = /^opinions\.(\w+)\s*=\s*"([a-z_]+)"$/.exec(c.trim());
          if (said) return 'opinion:' + said[1] + ':' + said[2];
          if (e.source && e.source.businessObject.default === e.businessObject) return 'default';
          return !c ? 'always' : m ? 'act:' + m[1] : /^organisation(\s*=\s*true)?$/.test(c) ? 'organisation' : /^not\(organisation\)$/.test(c) ? 'person' : 'own';
        },
        set: function (e, v) {
          if (v === 'default') {
            modeling.updateProperties(e, { conditionExpression: undefined });
            modeling.updateProperties(e.source, { default: e.businessObject });
          } else if (v.slice(0, 8) === 'opinion:') setCondition(e, 'opinions.' + v.split(':')[1] + ' = "' + v.split(':')[2] + '"');
          else setCondition(e, v === 'always' ? '' : v === 'organisation' ? 'organisation' : v === 'person' ? 'not(organisation)' : v === 'own' ? conditionOf(e) || 'outcome = "pass"' : 'outcome = "' + v.slice(4) + '"');
        },
      },
      'p-condition': { get: conditionOf, set: setCondition },
    };
    // Steps of other departments, whose opinions ways may depend on. FEEL reads only plain names.
    facts.asked = function () {
      return modeler.get('elementRegistry').filter(function (e) { return !e.labelTarget && e.businessObject && is(e, 'UserTask') && facts['p-department'].get(e) && /^\w+$/.test(e.id); });
    };
    facts.writeRoles = function () {
      var root = processOf(modeler.get('canvas').getRootElement());
      if (root) roles.write(root);
    };
    // Which groups of the panel an element has.
    facts.groups = function (e) {
      var groups = ['words'], timer = timerOf(e);
      if (is(e, 'UserTask') || is(e, 'ManualTask')) groups.push('step');
      if (loopOf(e) && loopOf(e).$type === 'bpmn:MultiInstanceLoopCharacteristics') groups.push('several');
      if (is(e, 'BusinessRuleTask')) groups.push('rule');
      if (is(e, 'ServiceTask')) groups.push('service');
      if (is(e, 'CallActivity')) groups.push('call');
      if (is(e, 'Process')) groups.push('process');
      if (is(e, 'SendTask') || (is(e, 'ThrowEvent') && (e.businessObject.eventDefinitions || []).some(function (d) { return d.$type === 'bpmn:MessageEventDefinition'; }))) groups.push('message');
      if (is(e, 'EndEvent') && e.parent && is(e.parent, 'Process')) groups.push('end');
      if (timer && !timer.timeDate && !timer.timeCycle) groups.push('timer');
      if (is(e, 'SequenceFlow') && e.source && ((e.source.outgoing || []).length > 1 || conditionOf(e))) groups.push('flow');
      return groups;
    };
    // A value of an attribute that the panel does not know is kept and shown as it is.
    facts.shown = {
      'p-to': function (e) { return facts['p-to'].get(e) === 'case' ? ['p-case'] : []; },
      'p-enough': function (e) { return facts['p-enough'].get(e) === 'own' ? ['p-completion'] : []; },
      'p-when': function (e) { return facts['p-when'].get(e) === 'own' ? ['p-condition'] : []; },
    };
    facts.insertBehind = function (e) {
      var flow = (e.outgoing || [])[0], factory = modeler.get('elementFactory');
      var shape = factory.createShape({ type: 'bpmn:UserTask' });
      begin(shape, roles);
      if (is(e, 'SequenceFlow')) flow = e;
      if (!flow) return modeler.get('autoPlace').append(e, shape);
      var target = flow.target, start = target.x - 20, dx = shape.width + 60;
      var behind = function (one) { return !one.waypoints && one.parent === target.parent && one.x >= start; };
      var moved = modeler.get('elementRegistry').filter(function (one) { return one.labelTarget && !one.labelTarget.waypoints ? behind(one.labelTarget) : behind(one); });
      modeling.createSpace(moved, [], { x: dx, y: 0 }, 'e', start);
      var from = flow.source, x = (from.x + from.width + flow.target.x) / 2, y = from.y + from.height / 2;
      var last = flow.waypoints[flow.waypoints.length - 1];
      if (Math.abs(last.y - y) > 5) y = last.y;
      return modeling.createShape(shape, { x: x, y: y }, flow);
    };
    return facts;
  }

  return { descriptor: descriptor, module: module, Facts: Facts, is: is };
}());
